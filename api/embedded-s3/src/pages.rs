//! The store for web pages: CORS, and the headers that restrict what a browser does with an answer.
//!
//! A page that holds a link has another origin than the store. So a browser first asks whether the page may send this
//! request (a preflight, which cannot be signed), and gives the page the answer only if it names the page's origin. The
//! signature of the link stays decisive: an allowed origin gains nothing without it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use s3s::service::S3Service;
use s3s::{Body, HttpError};

/// The origins of pages that may upload and read; none until they are set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(Arc<OnceLock<Vec<HeaderValue>>>);

impl Origins {
    /// Sets them, once.
    pub(crate) fn set(&self, origins: Vec<HeaderValue>) {
        if self.0.set(origins).is_err() {
            tracing::error!("the origins of pages were set before");
        }
    }

    /// The origin of a request, if it is allowed.
    fn of(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.0.get()?.contains(origin).then(|| origin.clone())
    }
}

/// The HTTP service that adds CORS to the store.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    pub(crate) store: S3Service,
    pub(crate) origins: Origins,
}

impl Pages {
    /// Answers a preflight itself, and any other request by the store.
    pub(crate) async fn answer(&self, mut request: Request<listener::Body>) -> Result<Response<Body>, HttpError> {
        let origin = self.origins.of(request.headers());
        if is_preflight(&request) {
            return Ok(preflight(origin));
        }
        drop_unusable_range(request.headers_mut());
        let mut answer = self.store.call(request.map(Body::http_body_unsync)).await?;
        allow_reading(answer.headers_mut(), origin);
        fence(answer.headers_mut());
        Ok(answer)
    }
}

fn is_preflight<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The headers that a page may send: those that links are signed for, and those of cheaper reads.
fn preflight(origin: Option<HeaderValue>) -> Response<Body> {
    let Some(origin) = origin else {
        let why = "pages of this origin may not use the store: the server's cors_origins must name it\n";
        let mut refused = Response::new(Body::from(Bytes::from_static(why.as_bytes())));
        *refused.status_mut() = StatusCode::FORBIDDEN;
        return refused;
    };
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let allowed = "content-type, x-amz-checksum-sha256, range, if-none-match, if-modified-since";
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed),
        (header::ACCESS_CONTROL_MAX_AGE, "3600"),
        (header::VARY, "origin, access-control-request-method, access-control-request-headers"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer
}

/// Lets the page read the answer. Caches keep the answers to different origins apart.
fn allow_reading(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("etag, accept-ranges, content-range, x-amz-checksum-sha256");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// Restricts an object that a browser opens as a document: it is an uploaded file, so it may run nothing. Pages of
/// other origins may embed pictures, because the link is the permission.
fn fence(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A range in another unit, of several parts, or without a position is ignored (RFC 9110, 14.2).
fn drop_unusable_range(headers: &mut HeaderMap) {
    let mut ranges = headers.get_all(header::RANGE).iter();
    let usable = match (ranges.next(), ranges.next()) {
        (Some(only), None) => only.to_str().is_ok_and(is_one_range),
        (None, _) => return,
        (Some(_), Some(_)) => false,
    };
    if !usable {
        headers.remove(header::RANGE);
    }
}

fn is_one_range(text: &str) -> bool {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return false };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u64>().ok() } else { None }
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) => first <= last,
        (Some(_), None) => last.is_empty(),
        (None, Some(_)) => first.is_empty(),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_single_range_of_bytes_is_used() {
        for usable in ["bytes=0-", "bytes=0-0", "bytes=5-9", "bytes=-5"] {
            assert!(is_one_range(usable), "{usable}");
        }
        for unusable in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=9-0",
            "lines=1-2",
            "bytes=0-1,3-4",
            "bytes=a-",
            "bytes=+1-2",
            "bytes=1-x",
        ] {
            assert!(!is_one_range(unusable), "{unusable}");
        }
    }

    #[test]
    fn unusable_range_headers_are_removed() {
        let mut headers = HeaderMap::new();
        headers.append(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        drop_unusable_range(&mut headers);
        assert!(headers.contains_key(header::RANGE));
        headers.append(header::RANGE, HeaderValue::from_static("bytes=3-4"));
        drop_unusable_range(&mut headers);
        assert!(!headers.contains_key(header::RANGE));
    }
}
