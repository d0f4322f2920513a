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
        File::new($type, include_bytes!(concat!("../../../assets/", $name)).as_slice())
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
