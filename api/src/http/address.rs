//! Which address a request comes from, proxies considered.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};

/// The connection's address, or the one that the outermost trusted proxy saw.
pub(super) fn client_address(request: &Request, proxies: usize) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    if proxies == 0 {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for");
    let named: Vec<&str> = forwarded
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // Whatever stands further left was written by the client itself.
    let index = named.len().checked_sub(proxies);
    index.and_then(|index| named.get(index)?.parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn address(forwarded: Option<&'static str>, proxies: usize) -> String {
        let mut request = Request::new(Body::empty());
        let peer: SocketAddr = ([10, 0, 0, 9], 4000).into();
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(forwarded) = forwarded {
            let value = http::HeaderValue::from_static(forwarded);
            request.headers_mut().insert("x-forwarded-for", value);
        }
        client_address(&request, proxies).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        assert_eq!(address(Some("1.2.3.4"), 0), "10.0.0.9");
        assert_eq!(address(Some("6.6.6.6, 1.2.3.4"), 1), "1.2.3.4");
        assert_eq!(address(Some("6.6.6.6, 1.2.3.4, 10.0.0.1"), 2), "1.2.3.4");
        assert_eq!(address(Some("1.2.3.4"), 2), "10.0.0.9");
        assert_eq!(address(Some("nonsense"), 1), "10.0.0.9");
        assert_eq!(address(None, 1), "10.0.0.9");
    }
}
