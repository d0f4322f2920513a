//! A request that GraphQL never saw, answered in the GraphQL error form.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use domain::Language;
use domain::words::{Bilingual, Phrase};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::application::RequestId;
use super::content_negotiation::Media;
use super::fault::Fault;
use crate::words;

/// Why a request was not handed to GraphQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: Bilingual,
    retry_after: Option<Duration>,
}

impl Problem {
    /// A fault of the calling program, with a message in English for its author.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::for_people(status, code, (message.clone(), message))
    }

    /// What a person may read, in each language.
    pub(super) fn for_people(status: StatusCode, code: &'static str, message: impl Into<Bilingual>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// The body or a parameter of it is not what it should be.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// A query by its hash alone. In the words of Apollo's clients, which then send the document: they read the
    /// message.
    pub(super) fn persisted_query() -> Self {
        Self::new(StatusCode::OK, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
    }

    pub(super) fn unauthenticated(why: Phrase) -> Self {
        Self::for_people(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", why)
    }

    pub(super) fn internal() -> Self {
        Self::for_people(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", words::INTERNAL)
    }

    /// An error of the application because of which the whole request was not answered.
    pub(super) fn of_fault(fault: &Fault) -> Self {
        match fault.wait {
            Some((wait, why)) => Self::passing(wait, fault.code, why),
            None => Self::internal(),
        }
    }

    /// The server has too much to do; the same request succeeds later.
    pub(super) fn busy(why: Phrase) -> Self {
        Self::passing(Duration::from_secs(2), Fault::OVERLOADED, why)
    }

    pub(super) fn too_many_connections() -> Self {
        let (wait, why) = (Duration::from_secs(10), words::MANY_CONNECTIONS);
        Self::waiting(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_CONNECTIONS", wait, why)
    }

    pub(super) fn too_many_operations() -> Self {
        Self::for_people(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_OPERATIONS", words::MANY_OPERATIONS)
    }

    /// The same request succeeds later.
    fn passing(wait: Duration, code: &'static str, why: Phrase) -> Self {
        Self::waiting(StatusCode::SERVICE_UNAVAILABLE, code, wait, why)
    }

    pub(super) fn rate_limited(wait: Duration) -> Self {
        Self::waiting(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", wait, words::MANY_POINTS)
    }

    /// The body has more bytes than it may have.
    pub(super) fn body_too_large(bytes: usize, anonymous: bool) -> Self {
        let message = words::body_over(bytes, anonymous);
        Self::for_people(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message)
    }

    /// The same request may be sent again after a while; the message says after how many seconds.
    fn waiting(status: StatusCode, code: &'static str, wait: Duration, why: Phrase) -> Self {
        let message = words::try_again(why, seconds(wait));
        Self { retry_after: Some(wait), ..Self::for_people(status, code, message) }
    }

    /// The errors of an answer, in the language of its reader.
    pub(super) fn errors(&self, id: &RequestId, language: Language) -> Value {
        let extensions = json!({ "code": self.code, "requestId": id.as_str() });
        json!([{ "message": self.message.of(language), "extensions": extensions }])
    }

    /// The answer to the client, in the language of its reader.
    pub(super) fn into_response(self, media: Media, id: &RequestId, language: Language) -> Response {
        let body = json!({ "errors": self.errors(id, language) });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media.content_type());
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        response
    }
}

/// A wait in whole seconds, at least one.
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs_f64().ceil() as u64).max(1)
}
