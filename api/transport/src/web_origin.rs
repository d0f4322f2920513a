//! The web origins that may open a WebSocket or ask for a stream of events. For a WebSocket browsers check no permission
//! before they connect, so the server does; a stream follows the same rule.

use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::problem::Problem;

/// Refuses pages of other sites. Apps send no `Origin`: only browsers do, always.
pub(super) fn check(headers: &HeaderMap, allowed: &[HeaderValue]) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    if allowed.contains(origin) || is_own(origin, headers.get(header::HOST)) {
        return Ok(());
    }
    let message = "pages of this origin may not connect: the server's cors_origins must name it";
    Err(Problem::new(StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED", message))
}

/// Whether the page came from the host that it connects to. A proxy may have taken off TLS, so the scheme may differ.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let parts = || {
        let origin: Uri = origin.to_str().ok()?.parse().ok()?;
        let usual = match origin.scheme_str()? {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let host: Uri = host?.to_str().ok()?.parse().ok()?;
        let same_host = origin.host()?.eq_ignore_ascii_case(host.host()?);
        Some(same_host && origin.port_u16().unwrap_or(usual) == host.port_u16().unwrap_or(usual))
    };
    parts().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_and_named_ones_may_connect() {
        let allowed = [HeaderValue::from_static("https://app.example")];
        let cases = [
            (None, "api.example", true),
            (Some("https://app.example"), "api.example", true),
            (Some("https://api.example"), "api.example", true),
            (Some("https://API.example"), "api.example:443", true),
            (Some("http://127.0.0.1:8080"), "127.0.0.1:8080", true),
            (Some("http://[::1]:8080"), "[::1]:8080", true),
            (Some("http://127.0.0.1:8081"), "127.0.0.1:8080", false),
            (Some("https://evil.example"), "api.example", false),
            (Some("https://app.example.evil.example"), "api.example", false),
            (Some("https://api.example:8443"), "api.example", false),
            (Some("null"), "api.example", false),
            (Some("null"), "null", false),
            (Some("file://api.example"), "api.example", false),
        ];
        for (origin, host, may) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(check(&headers, &allowed).is_ok(), may, "{origin:?} to {host}");
        }
    }
}
