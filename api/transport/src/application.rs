//! The application behind the transport, as a trait.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::Request;
use domain::Language;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::batch::BatchQueue;
use super::fault::{BoxError, Fault};

/// The token of an `Authorization: Bearer` header. Never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token of `Bearer` and a token, as an `Authorization` header has it.
    pub(super) fn of_bearer(text: &str) -> Option<Self> {
        let (scheme, token) = text.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Self(token.to_owned()))
    }

    /// The token itself.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// The id that a request has in its answer and in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub(super) Arc<str>);

impl RequestId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The network client that sent a request. Resolvers find it in their context.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its address, as the outermost trusted proxy saw it.
    pub address: IpAddr,
    /// The language that it prefers, for a person who is not signed in.
    pub language: Language,
    /// Is cancelled when the client of a mutation hangs up before the answer.
    pub gone: CancellationToken,
}

/// One part of the server that `/readyz` reports on.
pub struct Check<'a> {
    /// The name in the answer: `database`, `store`.
    pub part: &'static str,
    /// Asks the part whether it works. The reason of a failure goes to the log only.
    pub probe: BoxFuture<'a, Result<(), BoxError>>,
}

/// The application behind the transport.
pub trait Application: Send + Sync + 'static {
    /// Who is signed in.
    type Caller: Send + Sync + 'static;

    /// The holder of the token; `None` if it is unknown, expired or revoked, which answers 401. A client that hangs up
    /// drops this future, so its writes run in a task of their own. `address` is the client's.
    fn authenticate(
        &self,
        token: &AccessToken,
        address: IpAddr,
    ) -> impl Future<Output = Result<Option<Arc<Self::Caller>>, Fault>> + Send;

    /// Completes when the token ends; a connection that was made with it ends then.
    fn session_ended(&self, token: &AccessToken) -> impl Future<Output = ()> + Send + 'static {
        let _ = token;
        std::future::pending()
    }

    /// The person whose points a request is charged to.
    fn person(&self, caller: &Self::Caller) -> Uuid;

    /// The language of a person's messages about faults of a request.
    fn language(&self, caller: &Self::Caller) -> Language;

    /// Puts the resolvers' context into the request: the caller, the loaders on this queue. A [`RequestId`] and a
    /// [`Client`] are there already.
    fn add_request_data(&self, request: Request, caller: Option<Arc<Self::Caller>>, queue: &BatchQueue) -> Request;

    /// The parts that the server cannot work without.
    fn checks(&self) -> Vec<Check<'_>>;
}
