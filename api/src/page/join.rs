//! The page at `/join` that opens invitations and password resets. It is served with the demo off, too.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};

use super::files::{CSS, File, HTML, JS};
use super::{missing, send};

/// Everything comes from this server, nothing is inline, and no other page may frame it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// A file of `api/assets`, with its type.
macro_rules! held {
    ($name:literal, $type:expr) => {
        File::new($type, include_bytes!(concat!("../../assets/", $name)).as_slice())
    };
}

/// The routes `/join` and `/join/…`.
pub fn router() -> Router {
    Router::new().route("/join", get(page)).route("/join/{name}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    let mut response = send(&held!("join.html", HTML), &headers);
    let told = response.headers_mut();
    told.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match name.as_str() {
        "join.css" => send(&held!("join.css", CSS), &headers),
        "join.js" => send(&held!("join.js", JS), &headers),
        _ => missing(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Request, StatusCode};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn get_text(path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = router().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, headers, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn the_page_loads_only_files_of_its_own_and_nothing_inline() {
        let (status, headers, html) = get_text("/join").await;
        assert_eq!(status, StatusCode::OK);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(!html.contains("://") && !html.contains("style=") && !html.contains("<style"), "{html}");
        assert!(html.matches("<script").count() == html.matches("<script defer src=\"/join/").count(), "{html}");
        for (path, kind) in [("/join/join.js", "text/javascript"), ("/join/join.css", "text/css")] {
            assert!(html.contains(path));
            let (status, headers, text) = get_text(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(headers[header::CONTENT_TYPE].to_str().expect("a type").starts_with(kind));
            assert!(!text.contains("innerHTML") && !text.contains("eval("), "{path}");
        }
        assert_eq!(get_text("/join/page.js").await.0, StatusCode::NOT_FOUND);
    }
}
