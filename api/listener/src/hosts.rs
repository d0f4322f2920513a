//! The host names under which a listener answers, against DNS rebinding.
//!
//! A page of another site can resolve its own name to an address of this machine (DNS rebinding). To the browser the
//! page and the listener then have one origin: the page reads every answer, and neither CORS nor a check of `Origin`
//! prevents it. Only the host name of the request shows the site of the page. Another site cannot give an IP address to
//! its pages, so addresses are always accepted.

use std::net::IpAddr;
use std::sync::Arc;

use http::uri::Authority;
use http::{Request, header};

/// The names that are always accepted, as people type them.
const ALWAYS: &str = "localhost, 127.0.0.1, [::1]";
/// The setting that adds a name, in the file and in the environment.
pub const HOSTS_SETTING: &str = "hosts (HANDOVER_HOSTS)";

/// The host names that requests may address, with any port. The default is every name.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Option<Arc<[String]>>);

/// A request to a host name under which the listener does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server does not answer under this host name: the right names are {names}, and every IP address is right; the \
     setting {setting} adds a name",
    setting = HOSTS_SETTING
)]
pub struct WrongHost {
    /// The accepted names, separated by commas.
    pub names: String,
}

impl Hosts {
    /// `localhost`, every IP address, and these names.
    #[must_use]
    pub fn only(names: impl IntoIterator<Item = String>) -> Self {
        Self(Some(names.into_iter().collect()))
    }

    /// Whether the listener answers a request. A request without a host is accepted, because every browser sends one.
    ///
    /// # Errors
    /// When the URL or a `Host` header names another host, or an invalid host.
    pub fn check<B>(&self, request: &Request<B>) -> Result<(), WrongHost> {
        let Some(names) = &self.0 else { return Ok(()) };
        // HTTP/2 and proxies send the host in the URL.
        let of_url = request.uri().authority().cloned().map(Some);
        let of_headers = request.headers().get_all(header::HOST).iter();
        let of_headers = of_headers.map(|host| Authority::try_from(host.as_bytes()).ok());
        let is_right = |host: Option<Authority>| host.is_some_and(|host| is_right_name(host.host(), names));
        if of_url.into_iter().chain(of_headers).all(is_right) {
            return Ok(());
        }
        let names = std::iter::once(ALWAYS).chain(names.iter().map(String::as_str));
        Err(WrongHost { names: names.collect::<Vec<_>>().join(", ") })
    }
}

fn is_right_name(host: &str, names: &[String]) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let is_named = || names.iter().any(|name| name.eq_ignore_ascii_case(host));
    address.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost") || is_named()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, hosts: &[&str]) -> Request<()> {
        let with_host = |request: http::request::Builder, host: &&str| request.header(header::HOST, *host);
        hosts.iter().fold(Request::get(url), with_host).body(()).expect("a request")
    }

    #[test]
    fn names_of_other_sites_are_wrong() {
        let hosts = Hosts::only(["handover.example".to_owned()]);
        for right in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.:8080",
            "127.0.0.1:8080",
            "127.8.9.1",
            "[::1]:8080",
            "192.168.1.5:8080",
            "handover.example",
            "Handover.Example:8443",
        ] {
            assert!(hosts.check(&request("/", &[right])).is_ok(), "{right}");
            let url = format!("http://{right}/graphql");
            assert!(hosts.check(&request(&url, &[])).is_ok(), "{url}");
        }
        for wrong in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "sub.handover.example",
            "handover.example.evil.example",
            "localhost@evil.example",
            "",
            "a b",
        ] {
            let refused = hosts.check(&request("/", &[wrong])).expect_err(wrong);
            assert_eq!(refused.names, "localhost, 127.0.0.1, [::1], handover.example");
            assert!(hosts.check(&request("/", &["localhost", wrong])).is_err(), "{wrong} beside a right one");
        }
        assert!(hosts.check(&request("http://evil.example/", &["localhost"])).is_err());
        assert!(hosts.check(&request("http://localhost/", &["evil.example"])).is_err());
        assert!(hosts.check(&request("/", &[])).is_ok());
    }

    #[test]
    fn every_name_is_right_by_default() {
        for host in ["evil.example", "localhost", ""] {
            assert!(Hosts::default().check(&request("/", &[host])).is_ok(), "{host}");
        }
    }
}
