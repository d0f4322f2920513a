//! The origin of an operation, as the headers of its request state it.

use std::net::IpAddr;

use axum::extract::Request as HttpRequest;
use domain::Language;
use http::{HeaderMap, header};

use super::application::{AccessToken, RequestId};
use super::client_ip::client_address;
use super::content_negotiation::Accepted;
use super::language;
use super::middleware;
use super::problem::Problem;
use super::rate::RateLimitKey;
use super::settings::Settings;
use super::web_origin;
use crate::words;

/// With the value 1, the answer holds what it cost in `extensions.cost`.
pub(super) const COST: header::HeaderName = header::HeaderName::from_static("x-handover-cost");

/// The sender of an operation, and what the transport may answer.
#[derive(Clone)]
pub(super) struct RequestOrigin {
    pub(super) id: RequestId,
    pub(super) client: IpAddr,
    pub(super) address: RateLimitKey,
    pub(super) token: Option<Result<AccessToken, Problem>>,
    pub(super) may_write: bool,
    /// More than one answer can be sent back.
    pub(super) may_follow: bool,
    /// Whether a page from which the request came may be answered by a stream of events.
    pub(super) page: Result<(), Problem>,
    /// The answer says what it cost.
    pub(super) wants_cost: bool,
    /// The language of the reader: the one that the client prefers until it is known who asks, then the person's.
    pub(super) language: Language,
}

impl RequestOrigin {
    /// From the headers of a request, with what its client accepts.
    pub(super) fn of(request: &HttpRequest, settings: &Settings, may_write: bool) -> (Self, Accepted) {
        let accepted = Accepted::of(request.headers());
        let client = client_address(request, &settings.trusted_proxies);
        let origin = Self {
            id: middleware::request_id(request.extensions()),
            client,
            address: RateLimitKey::address(client),
            token: bearer(request.headers()),
            may_write,
            may_follow: accepted.events,
            page: web_origin::check(request.headers(), &settings.cors_origins),
            wants_cost: wants_cost(request.headers()),
            language: language::preferred(request.headers()),
        };
        (origin, accepted)
    }
}

/// Whether a client wants to know what its operations cost.
pub(super) fn wants_cost(headers: &HeaderMap) -> bool {
    headers.get(COST).is_some_and(|value| value == "1")
}

/// The token of an `Authorization` header; another kind of credentials is a fault.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Result<AccessToken, Problem>> {
    let value = headers.get(header::AUTHORIZATION)?;
    Some(
        value.to_str().ok().and_then(AccessToken::of_bearer).ok_or_else(|| Problem::unauthenticated(words::NOT_BEARER)),
    )
}
