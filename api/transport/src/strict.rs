//! The checks of HTTP before a handler: one host, a head of sane size, an uncompressed body; and the compression of the
//! answer that most clients support.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};

use super::content_negotiation::Media;
use super::language;
use super::middleware::request_id;
use super::problem::Problem;

/// Bytes of all headers together: a token, a few lines of cookies of other pages, and much more than any client sends.
const HEAD_BYTES: usize = 32 * 1024;

/// The middleware.
pub(super) async fn wrap(mut request: Request, next: Next) -> Response {
    if let Err(problem) = check(&request) {
        let language = language::preferred(request.headers());
        return problem.into_response(Media::Json, &request_id(request.extensions()), language);
    }
    prefer_gzip(request.headers_mut());
    next.run(request).await
}

fn check(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    // HTTP/2 names the host in its own way, and HTTP/1.0 need not.
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Err(Problem::malformed("the request must have one Host header"));
    }
    let head: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if head > HEAD_BYTES {
        let message = format!("the headers are over {HEAD_BYTES} bytes");
        return Err(Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE", message));
    }
    let packed = headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| coding != "identity");
    if packed && request.method() == Method::POST {
        let message = "send the body as it is: packed bodies (Content-Encoding) are not read";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    Ok(())
}

/// Of a client that takes zstd no more gladly than gzip, gzip is what its other half surely unpacks: some announce what
/// the platform below them does not know.
fn prefer_gzip(headers: &mut HeaderMap) {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let (mut gzip, mut zstd) = (0.0, 0.0);
    for coding in accepted.flat_map(|value| value.split(',')) {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let quality = quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()).unwrap_or(1.0);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = quality,
            "zstd" => zstd = quality,
            _ => {}
        }
    }
    if gzip > 0.0 && zstd > 0.0 && gzip >= zstd {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(headers: &[(&'static str, &str)], version: Version) -> Request {
        let mut request = Request::post("/graphql").version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn a_request_names_one_host_and_sends_its_body_as_it_is() {
        let refused = |headers: &[(&'static str, &str)], version| check(&request(headers, version)).is_err();
        let (one, two) = (Version::HTTP_11, Version::HTTP_2);
        let host = ("host", "api.example");
        assert!(!refused(&[host], one) && !refused(&[], two) && !refused(&[], Version::HTTP_10));
        assert!(refused(&[], one) && refused(&[host, host], one) && refused(&[host, host], two));
        assert!(refused(&[host, ("content-encoding", "br")], one));
        assert!(!refused(&[host, ("content-encoding", "identity")], one));
        let long = "x".repeat(HEAD_BYTES);
        assert!(refused(&[host, ("x-long", &long)], one));
    }

    #[test]
    fn gzip_goes_before_zstd_unless_zstd_is_wanted_more() {
        for (accepted, chosen) in [
            ("gzip, deflate, br, zstd", "gzip"),
            ("zstd, gzip", "gzip"),
            ("zstd;q=1.0, gzip;q=0.8", "zstd;q=1.0, gzip;q=0.8"),
            ("zstd;q=0.5, gzip;q=0.8", "gzip"),
            ("zstd", "zstd"),
            ("gzip;q=0, zstd", "gzip;q=0, zstd"),
            ("br", "br"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            prefer_gzip(&mut headers);
            assert_eq!(headers[header::ACCEPT_ENCODING], chosen, "{accepted}");
        }
    }
}
