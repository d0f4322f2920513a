//! Who sent an operation, as the headers of the request say it.

use std::net::IpAddr;

use axum::extract::Request as HttpRequest;
use domain::Language;
use http::{HeaderMap, header};
use ipnet::IpNet;

use super::accept::Accepted;
use super::address::client_address;
use super::envelope;
use super::hooks::{AccessToken, RequestId};
use super::language;
use super::problem::Problem;
use super::rate::Spender;
use crate::words;

/// With the value 1, the answer holds what it cost in `extensions.cost`.
pub(super) const COST: header::HeaderName = header::HeaderName::from_static("x-handover-cost");

/// Who sent an operation, and by which way.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) id: RequestId,
    pub(super) client: IpAddr,
    pub(super) address: Spender,
    pub(super) token: Option<Result<AccessToken, Problem>>,
    pub(super) may_write: bool,
    /// More than one answer can be sent back.
    pub(super) may_follow: bool,
    /// The answer says what it cost.
    pub(super) tells_cost: bool,
    /// The language of the reader: the one that the client prefers until it is known who asks, then the person's.
    pub(super) language: Language,
}

impl Sender {
    /// From the headers of a request, with what its client accepts.
    pub(super) fn of(request: &HttpRequest, proxies: &[IpNet], may_write: bool) -> (Self, Accepted) {
        let accepted = Accepted::of(request.headers());
        let client = client_address(request, proxies);
        let sender = Self {
            id: envelope::request_id(request.extensions()),
            client,
            address: Spender::address(client),
            token: bearer(request.headers()),
            may_write,
            may_follow: accepted.events,
            tells_cost: tells_cost(request.headers()),
            language: language::preferred(request.headers()),
        };
        (sender, accepted)
    }
}

/// Whether a client wants to know what its operations cost.
pub(super) fn tells_cost(headers: &HeaderMap) -> bool {
    headers.get(COST).is_some_and(|value| value == "1")
}

/// The token of an `Authorization` header; another kind of credentials is a fault.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Result<AccessToken, Problem>> {
    let value = headers.get(header::AUTHORIZATION)?;
    Some(
        value.to_str().ok().and_then(AccessToken::of_bearer).ok_or_else(|| Problem::unauthenticated(words::NOT_BEARER)),
    )
}
