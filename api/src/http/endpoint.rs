//! `/graphql`: from an HTTP request to an operation that is measured, paid for and run, and back.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Executor, Request, Response as Answer, ServerError};
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::accept::{Accepted, Media};
use super::address::client_address;
use super::envelope::{self, Operation};
use super::events;
use super::execute::Run;
use super::hooks::{AccessToken, Hooks, RequestId};
use super::limits::{self, Shapes};
use super::masking;
use super::params;
use super::problem::Problem;
use super::rate::{Limiter, Spender};
use super::seats::Seats;
use super::settings::Settings;
use super::websocket;
use crate::graphql::json;
use crate::graphql::loading::BatchQueue;

/// Everything that `/graphql` needs.
pub(super) struct Endpoint<E, H> {
    pub(super) schema: E,
    pub(super) shapes: Shapes,
    pub(super) hooks: Arc<H>,
    pub(super) settings: Settings,
    pub(super) limiter: Limiter,
    pub(super) seats: Seats,
    pub(super) tasks: TaskTracker,
    /// The server is told to stop: connections that would go on for ever end now.
    pub(super) stopping: CancellationToken,
}

/// Who sent an operation, and by which way.
pub(super) struct Sender {
    pub(super) id: RequestId,
    pub(super) address: Spender,
    pub(super) token: Option<Result<AccessToken, Problem>>,
    pub(super) may_write: bool,
    /// More than one answer can be sent back.
    pub(super) may_follow: bool,
}

/// An operation that may run: measured, paid for, its caller known.
pub(super) struct Admitted<E> {
    pub(super) kind: OperationType,
    /// What the log says of it.
    pub(super) operation: Operation,
    /// The person who asks.
    pub(super) person: Option<Uuid>,
    pub(super) run: Run<E>,
}

/// Why an operation may not run.
pub(super) enum Refusal {
    /// An answer of GraphQL's own, to a document that is none or asks for too much.
    Document(Answer),
    /// Everything else.
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

pub(super) async fn get<E: Executor, H: Hooks>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
    if websocket::is_upgrade(request.headers()) {
        return websocket::upgrade(endpoint, request).await;
    }
    let sender = Sender::of(&request, endpoint.settings.trusted_proxies, false);
    let params = params::from_url(request.uri());
    endpoint.respond(sender, async { params }).await
}

pub(super) async fn post<E: Executor, H: Hooks>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
    let sender = Sender::of(&request, endpoint.settings.trusted_proxies, true);
    let (bytes, within) = (endpoint.settings.body_bytes, endpoint.settings.body_timeout);
    let params = async move {
        params::check_content_type(request.headers())?;
        let body = params::read_body(request.into_body(), bytes, within).await?;
        params::from_json(&body)
    };
    endpoint.respond(sender, params).await
}

impl Sender {
    fn of(request: &HttpRequest, proxies: usize, may_write: bool) -> (Self, Accepted) {
        let accepted = Accepted::of(request.headers());
        let address = client_address(request, proxies);
        envelope::note_address(address);
        let sender = Self {
            id: envelope::request_id(request.extensions()),
            address: Spender::address(address),
            token: bearer(request.headers()),
            may_write,
            may_follow: accepted.events,
        };
        (sender, accepted)
    }
}

/// The token of an `Authorization` header; another kind of credentials is a fault.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Result<AccessToken, Problem>> {
    let value = headers.get(header::AUTHORIZATION)?;
    Some(
        value
            .to_str()
            .ok()
            .and_then(AccessToken::of_bearer)
            .ok_or_else(|| Problem::unauthenticated("the Authorization header must be: Bearer and the access token")),
    )
}

impl<E: Executor, H: Hooks> Endpoint<E, H> {
    async fn respond(
        self: Arc<Self>,
        (sender, accepted): (Sender, Accepted),
        params: impl Future<Output = Result<Request, Problem>>,
    ) -> Response {
        let (media, id) = (accepted.media.unwrap_or(Media::Json), sender.id.clone());
        let answer = async {
            accepted.check()?;
            // One point for the request itself, before any work; the rest when its cost is known.
            self.spend(sender.address, 1)?;
            let request = params.await?;
            self.answer(sender, &accepted, request).await
        };
        answer.await.unwrap_or_else(|problem| problem.answer(media, &id))
    }

    async fn answer(
        self: &Arc<Self>,
        sender: Sender,
        accepted: &Accepted,
        request: Request,
    ) -> Result<Response, Problem> {
        let admitted = match self.admit(&sender, request).await {
            Ok(admitted) => admitted,
            Err(Refusal::Problem(problem)) => return Err(problem),
            Err(Refusal::Document(answer)) => {
                return Ok(accepted.media.map_or_else(|| events::one(&answer), |media| render(&answer, media)));
            }
        };
        let operation = admitted.operation.clone();
        let mut response = match accepted.media {
            _ if admitted.kind == OperationType::Subscription => events::follow(self, sender, admitted)?,
            Some(media) => render(&self.run(admitted).await?, media),
            None => events::one(&self.run(admitted).await?),
        };
        response.extensions_mut().insert(operation);
        Ok(response)
    }

    /// Measures an operation, takes its price, and finds out who asks.
    pub(super) async fn admit(&self, sender: &Sender, mut request: Request) -> Result<Admitted<E>, Refusal> {
        let (kind, cost) = self.measure(&mut request).map_err(|errors| {
            let mut refused = Answer::from_errors(errors);
            masking::mask(&mut refused, &sender.id, self.settings.limits.errors);
            Refusal::Document(refused)
        })?;
        check_kind(kind, sender)?;
        let caller = self.caller(sender, cost).await?;
        if caller.is_none() {
            // Whoever is signed in pays for themselves: thirty tablets behind one hotspot share an address.
            self.spend(sender.address, cost - 1)?;
        }
        let person = caller.as_deref().map(|caller| self.hooks.person(caller));

        let operation = Operation::new(kind, request.operation_name.as_deref(), cost);
        let queue = BatchQueue::new();
        let request = self.hooks.prepare(request.data(sender.id.clone()), caller, &queue);
        let run = Run { schema: self.schema.clone(), request, queue, id: sender.id.clone() };
        Ok(Admitted { kind, operation, person, run })
    }

    /// Runs a query or a mutation.
    pub(super) async fn run(&self, Admitted { kind, run, .. }: Admitted<E>) -> Result<Answer, Problem> {
        match kind {
            OperationType::Mutation => run.mutation(&self.settings, &self.tasks).await,
            OperationType::Query | OperationType::Subscription => run.query(&self.settings).await,
        }
    }

    /// Parses and measures the document. What it refuses is an answer of GraphQL's own.
    fn measure(&self, request: &mut Request) -> Result<(OperationType, u64), Vec<ServerError>> {
        let limits = &self.settings.limits;
        if request.query.len() > limits.document_bytes {
            let message = format!("the document is over {} bytes", limits.document_bytes);
            return Err(vec![masking::refusal("DOCUMENT_TOO_LARGE", message)]);
        }
        if !limits::check_nesting(&request.query) {
            let message = "the document nests too deep".to_owned();
            return Err(vec![masking::refusal("DEPTH_LIMIT_EXCEEDED", message)]);
        }
        let variables = std::mem::take(&mut request.variables);
        let name = request.operation_name.clone();
        let document = request.parsed_query().map_err(masking::unparsable)?;
        let kind = kind(document, name.as_deref());
        let cost =
            limits::check(limits, &self.shapes, self.settings.introspection, document, name.as_deref(), &variables)
                .map_err(masking::violations)?;
        request.variables = variables;
        Ok((kind, cost))
    }

    async fn caller(&self, sender: &Sender, cost: u64) -> Result<Option<Arc<H::Caller>>, Problem> {
        let Some(token) = &sender.token else {
            return Ok(None);
        };
        let token = token.as_ref().map_err(Clone::clone)?;
        let found = self.hooks.authenticate(token).await.map_err(|error| {
            tracing::error!(%error, "the caller could not be authenticated");
            Problem::internal()
        })?;
        let caller = found.ok_or_else(|| Problem::unauthenticated("the access token is unknown or has expired"))?;
        envelope::note_person(self.hooks.person(&caller));
        self.spend(Spender::Person(self.hooks.person(&caller)), cost)?;
        Ok(Some(caller))
    }

    pub(super) fn spend(&self, spender: Spender, points: u64) -> Result<(), Problem> {
        self.limiter.spend(spender, points, Instant::now()).map_err(Problem::rate_limited)
    }
}

/// The kind of the operation that will run. If none can be chosen, nothing runs, and the schema says why.
fn kind(document: &ExecutableDocument, name: Option<&str>) -> OperationType {
    match &document.operations {
        DocumentOperations::Single(operation) => operation.node.ty,
        DocumentOperations::Multiple(operations) => match name {
            Some(name) => operations.get(name),
            None => operations.values().next(),
        }
        .map_or(OperationType::Query, |operation| operation.node.ty),
    }
}

fn check_kind(kind: OperationType, sender: &Sender) -> Result<(), Problem> {
    match kind {
        OperationType::Query => Ok(()),
        OperationType::Mutation if sender.may_write => Ok(()),
        OperationType::Mutation => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "GET is for queries: send a mutation by POST",
        )),
        OperationType::Subscription if sender.may_follow => Ok(()),
        OperationType::Subscription => Err(Problem::malformed(
            "subscriptions need another transport than this: accept text/event-stream, or use a WebSocket",
        )),
    }
}

/// Writes the answer; its status says in the newer media type whether the request ran.
fn render(answer: &Answer, media: Media) -> Response {
    let status = match media {
        Media::GraphQl if masking::is_refused(answer) => StatusCode::BAD_REQUEST,
        Media::GraphQl | Media::Json => StatusCode::OK,
    };
    (status, [(header::CONTENT_TYPE, media.content_type())], body(answer)).into_response()
}

/// The answer's text.
pub(super) fn body(answer: &Answer) -> Vec<u8> {
    if masking::is_refused(answer) {
        // Nothing ran: there is no `data` at all.
        serde_json::json!({ "errors": answer.errors }).to_string().into_bytes()
    } else {
        json::response(answer)
    }
}
