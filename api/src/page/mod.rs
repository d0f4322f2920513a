//! The page at `/`: GraphiQL with people to act as and example operations, all from files in the binary.

mod examples;
mod files;
mod messages;
pub mod single;

use std::sync::Arc;

use app::App;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use files::{File, Shelf};

/// The content of the page besides GraphiQL.
#[derive(Default)]
pub struct PageSettings {
    /// The people to act as; `None` if the demo is off, then the page asks for login and password.
    pub people: Option<Vec<DemoPerson>>,
    /// Where photos are uploaded to and read from (the object store's public origin, `http://localhost:9000`), so that
    /// the page may do both; its policy blocks pictures from anywhere else.
    pub picture_origins: Vec<String>,
    /// Whose messages to the demo's people the page shows, as far as they end in a folder; `None` when the demo is off.
    pub messages: Option<App>,
}

/// A person of the demo project, with the password that the demo gave.
#[derive(Clone, Serialize)]
pub struct DemoPerson {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The name.
    pub name: String,
    /// The role's code, `SITE_ENGINEER`; `OWNER` for a customer.
    pub role: String,
    /// The party's code, `DEVELOPER`.
    pub party: String,
}

/// The state of the handlers.
struct Page {
    shelf: Shelf,
    policy: HeaderValue,
    people: Option<Vec<DemoPerson>>,
    messages: Option<App>,
}

/// The routes of the page: `/`, `/assets/…`, `/demo/people.json`, `/demo/messages.json`.
pub fn router(settings: PageSettings) -> Router {
    let page = Page {
        shelf: Shelf::new(),
        policy: content_security_policy(&settings.picture_origins),
        people: settings.people,
        messages: settings.messages,
    };
    Router::new()
        .route("/", get(index))
        .route("/assets/{name}", get(asset))
        .route("/demo/people.json", get(people))
        .route("/demo/messages.json", get(messages::list))
        .with_state(Arc::new(page))
}

/// The answer in place of the page when it is off.
pub fn none() -> Router {
    let off = async || (StatusCode::NOT_FOUND, "the page is off; the API is at /graphql\n");
    Router::new().route("/", get(off))
}

/// All files come from this server, except pictures, which may be uploaded to the store and read from it. GraphiQL's
/// dialogs write a style element, and its fonts are in its style sheet.
fn content_security_policy(picture_origins: &[String]) -> HeaderValue {
    let policy = |pictures: &str| {
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; connect-src 'self'{pictures}; \
             img-src 'self' data:{pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    };
    // An origin with a separator of the policy would change the policy's meaning, so it is left out.
    let plain = |origin: &&String| !origin.contains([' ', ';', ',', '\'', '*']);
    let pictures: String = picture_origins.iter().filter(plain).map(|origin| format!(" {origin}")).collect();
    HeaderValue::try_from(policy(&pictures)).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

async fn index(State(page): State<Arc<Page>>, headers: HeaderMap) -> Response {
    let mut response = page.shelf.get("index.html").map_or_else(missing, |file| send(file, &headers));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, page.policy.clone());
    response
}

async fn asset(State(page): State<Arc<Page>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    page.shelf.get(&name).map_or_else(missing, |file| send(file, &headers))
}

/// The people to act as; not found when the demo is off.
async fn people(State(page): State<Arc<Page>>) -> Response {
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    page.people.as_ref().map_or_else(missing, |people| (no_store, Json(people)).into_response())
}

/// A file, or "not modified". Names stay the same from version to version, so the browser revalidates each time.
fn send(file: &File, request: &HeaderMap) -> Response {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let fresh = known.flat_map(|tags| tags.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/").as_bytes() == file.tag.as_bytes()
    });
    let headers =
        [(header::ETAG, file.tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"))];
    if fresh {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type))];
    (headers, kind, file.bytes.clone()).into_response()
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "no such page\n").into_response()
}

#[cfg(test)]
mod tests;
