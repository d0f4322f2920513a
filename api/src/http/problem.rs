//! A request that GraphQL never saw, answered in the GraphQL error form.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::accept::Media;
use super::hooks::RequestId;
use crate::graphql::error::ApiError;

/// Why a request was not handed to GraphQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// The body or a parameter of it is not what it should be.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// A query by its hash alone. In the words of Apollo's clients, which then send the document: they read the message.
    pub(super) fn persisted_query() -> Self {
        Self::new(StatusCode::OK, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
    }

    pub(super) fn unauthenticated(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "internal error")
    }

    /// The server has too much to do; the same request succeeds later.
    pub(super) fn busy(message: &str) -> Self {
        Self::passing(Duration::from_secs(2), ApiError::OVERLOADED, message)
    }

    pub(super) fn too_many_connections() -> Self {
        Self {
            retry_after: Some(Duration::from_secs(10)),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TOO_MANY_CONNECTIONS",
                "too many live connections: end one, or one connection can follow several projects",
            )
        }
    }

    pub(super) fn too_many_operations() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_OPERATIONS",
            "too many operations at a time on this connection: complete one first",
        )
    }

    /// The same request succeeds later.
    pub(super) fn passing(wait: Duration, code: &'static str, message: &str) -> Self {
        Self { retry_after: Some(wait), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message) }
    }

    pub(super) fn rate_limited(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "too many points spent: wait as long as Retry-After says",
            )
        }
    }

    /// The errors of an answer.
    pub(super) fn errors(&self, id: &RequestId) -> Value {
        let extensions = json!({ "code": self.code, "requestId": id.as_str() });
        json!([{ "message": self.message, "extensions": extensions }])
    }

    /// The answer to the client.
    pub(super) fn answer(self, media: Media, id: &RequestId) -> Response {
        let body = json!({ "errors": self.errors(id) });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media.content_type());
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs_f64().ceil() as u64;
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
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
