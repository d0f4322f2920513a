//! The middleware of every request: an id, a span, one log line, security headers, and an answer even if its handler
//! panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, header};
use ipnet::IpNet;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span, field, info_span};
use uuid::Uuid;

use super::application::RequestId;
use super::client_ip::client_address;
use super::content_negotiation::Media;
use super::language;
use super::problem::Problem;

/// The header that carries the request id both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a page may not use; one that needs a camera says so itself.
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What the log says of an operation. No variables, no document: they hold personal data.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    kind: OperationType,
    name: Option<String>,
    cost: u64,
}

impl Operation {
    pub(super) fn new(kind: OperationType, name: Option<&str>, cost: u64) -> Self {
        Self { kind, name: name.filter(|name| is_name(name)).map(str::to_owned), cost }
    }
}

/// Longest name of an operation that is logged: a token has 43 characters.
const NAME_LIMIT: usize = 40;

/// Whether this is a name as GraphQL has them, and no longer than people write them: whatever else a client sends in
/// its place may be a secret.
fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.len() <= NAME_LIMIT
        && text.bytes().next().is_some_and(is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

/// The route that answers, as it is written in the program. The path itself is not logged: a person may have typed a
/// token into it.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str)
}

/// The method; a client's own invention is not logged.
fn method(request: &Request) -> &str {
    let known = [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH];
    if known.contains(request.method()) { request.method().as_str() } else { "(other)" }
}

/// The id given to this request.
pub(super) fn request_id(extensions: &Extensions) -> RequestId {
    extensions.get().cloned().unwrap_or_else(fresh_id)
}

#[allow(clippy::disallowed_methods, reason = "a request id is in no record and in no test's expectation")]
pub(super) fn fresh_id() -> RequestId {
    RequestId(Uuid::now_v7().to_string().into())
}

/// The client's own id if it is a UUID as text, else a new one: whatever else stands there may be a secret.
fn id_of(headers: &HeaderMap) -> RequestId {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sane = sent.filter(|id| id.len() == 36 && Uuid::try_parse(id).is_ok());
    sane.map_or_else(fresh_id, |id| RequestId(Arc::from(id)))
}

/// What the middleware works with.
#[derive(Clone, Debug)]
pub(super) struct RequestMiddleware {
    pub(super) tasks: TaskTracker,
    /// Browsers are instructed to use https only.
    pub(super) hsts: bool,
    /// The proxies whose word on a client's address counts.
    pub(super) proxies: Arc<[IpNet]>,
}

/// Notes in the request's span, and so on each of its lines in the log, who asks: no name, only the id.
pub(super) fn set_person(person: Uuid) {
    Span::current().record("person", field::display(person));
}

/// The middleware.
pub(super) async fn wrap(State(state): State<RequestMiddleware>, mut request: Request, next: Next) -> Response {
    let (id, language) = (id_of(request.headers()), language::preferred(request.headers()));
    request.extensions_mut().insert(id.clone());
    let span = info_span!(
        "request",
        id = id.as_str(),
        method = method(&request),
        path = route(&request),
        address = %client_address(&request, &state.proxies),
        person = field::Empty,
    );
    let handling = async {
        let mut line = Line::begin();
        let handler = AssertUnwindSafe(next.run(request)).catch_unwind();
        let mut response = handler.await.unwrap_or_else(|_| {
            tracing::error!("a handler panicked");
            Problem::internal().into_response(Media::Json, &id, language)
        });
        line.end(&response);
        add_headers(response.headers_mut(), &id, state.hsts);
        response
    };
    // Tracked, so that a shutdown waits for it.
    state.tasks.track_future(handling.instrument(span)).await
}

/// Writes the log's line of a request, also when its client hangs up and the handler is dropped.
struct Line {
    began: Instant,
    ended: bool,
}

impl Line {
    fn begin() -> Self {
        Self { began: Instant::now(), ended: false }
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn end(&mut self, response: &Response) {
        self.ended = true;
        let (status, milliseconds) = (response.status().as_u16(), self.milliseconds());
        match response.extensions().get::<Operation>() {
            Some(Operation { kind, name, cost }) => {
                tracing::info!(status, milliseconds, %kind, name, cost, "answered");
            }
            None => tracing::info!(status, milliseconds, "answered"),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.ended {
            tracing::info!(milliseconds = self.milliseconds(), "the client went away");
        }
    }
}

/// A page may have set its own; an answer with data may not be kept by anyone.
fn add_headers(headers: &mut HeaderMap, id: &RequestId, hsts: bool) {
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
}
