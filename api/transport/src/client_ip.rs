//! The address of a request's client, behind trusted proxies.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use ipnet::IpNet;

/// The address of the client: the one that the connection comes from, or, if that is a trusted proxy, the one that it
/// names in `X-Forwarded-For`, and so on to the left over further trusted proxies. Whatever stands further left was
/// written by the client itself.
pub(super) fn client_address(request: &Request, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let mut client = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical());
    let values: Vec<_> = request.headers().get_all("x-forwarded-for").iter().collect();
    let named = values.iter().rev().flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
    for name in named {
        match parse(name) {
            Some(next) if is_proxy(&client) => client = next,
            _ => break,
        }
    }
    client
}

/// An address as proxies write it: with a port or without, an IPv6 one in brackets or without.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn address(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut request = Request::new(Body::empty());
        let peer: IpAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 4000))));
        for value in forwarded {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            request.headers_mut().append("x-forwarded-for", value);
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|text| text.parse().expect("a network")).collect();
        client_address(&request, &proxies).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        let (one, two) = (["10.0.0.0/24"].as_slice(), ["10.0.0.0/24", "203.0.113.7/32"].as_slice());
        let table: &[(&str, &[&str], &[&str], &str)] = &[
            // No proxy is trusted, or the connection does not come from one.
            ("10.0.0.9", &["1.2.3.4"], &[], "10.0.0.9"),
            ("198.51.100.1", &["1.2.3.4"], one, "198.51.100.1"),
            // The rightmost address that no trusted proxy has.
            ("10.0.0.9", &["1.2.3.4"], one, "1.2.3.4"),
            ("10.0.0.9", &["6.6.6.6, 1.2.3.4"], one, "1.2.3.4"),
            ("10.0.0.9", &["6.6.6.6, 1.2.3.4, 10.0.0.1"], one, "1.2.3.4"),
            ("10.0.0.9", &["6.6.6.6", "1.2.3.4,203.0.113.7", "10.0.0.1"], two, "1.2.3.4"),
            ("10.0.0.9", &["6.6.6.6, 1.2.3.4, 203.0.113.7"], one, "203.0.113.7"),
            // A client behind the proxies that is one of them, or names one.
            ("10.0.0.9", &["10.0.0.2, 10.0.0.1"], one, "10.0.0.2"),
            ("10.0.0.9", &["10.0.0.2, 6.6.6.6, 1.2.3.4"], one, "1.2.3.4"),
            // With ports, in brackets, IPv6, IPv4 mapped into IPv6.
            ("10.0.0.9", &["1.2.3.4:5678"], one, "1.2.3.4"),
            ("10.0.0.9", &["[2001:db8::1]:5678"], one, "2001:db8::1"),
            ("10.0.0.9", &["[2001:db8::1]"], one, "2001:db8::1"),
            ("10.0.0.9", &["2001:db8::1"], one, "2001:db8::1"),
            ("::ffff:10.0.0.9", &["::ffff:1.2.3.4"], one, "1.2.3.4"),
            ("2001:db8:1::9", &["1.2.3.4"], &["2001:db8:1::/48"], "1.2.3.4"),
            // A value that is no address ends the path; the last proxy counts.
            ("10.0.0.9", &["nonsense"], one, "10.0.0.9"),
            ("10.0.0.9", &["1.2.3.4, unknown, 10.0.0.1"], one, "10.0.0.1"),
            ("10.0.0.9", &["1.2.3.4, \u{e9}"], one, "10.0.0.9"),
            ("10.0.0.9", &[""], one, "10.0.0.9"),
            ("10.0.0.9", &[], one, "10.0.0.9"),
        ];
        for (peer, forwarded, proxies, expected) in table {
            assert_eq!(&address(peer, forwarded, proxies), expected, "{peer} {forwarded:?} {proxies:?}");
        }
    }
}
