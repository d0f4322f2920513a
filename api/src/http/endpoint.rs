//! `/graphql`: from an HTTP request to an operation that is measured, paid for and run, and back.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Executor, Request, Response as Answer, ServerError};
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use tokio_util::task::TaskTracker;

use super::accept::Media;
use super::address::client_address;
use super::envelope::Operation;
use super::execute::Run;
use super::hooks::{AccessToken, Hooks, RequestId};
use super::limits::{self, Shapes};
use super::masking;
use super::params;
use super::problem::Problem;
use super::rate::{Limiter, Spender};
use super::settings::Settings;
use crate::graphql::json;
use crate::graphql::loading::BatchQueue;

/// Everything that `/graphql` needs.
pub(super) struct Endpoint<E, H> {
    pub(super) schema: E,
    pub(super) shapes: Shapes,
    pub(super) hooks: Arc<H>,
    pub(super) settings: Settings,
    pub(super) limiter: Limiter,
    pub(super) tasks: TaskTracker,
}

/// Who sent a request and how the answer should look.
struct Sender {
    media: Media,
    id: RequestId,
    address: Spender,
    token: Option<Result<AccessToken, Problem>>,
    may_write: bool,
}

pub(super) async fn get<E: Executor, H: Hooks>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
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
    fn of(request: &HttpRequest, proxies: usize, may_write: bool) -> (Self, Result<(), Problem>) {
        let media = Media::negotiate(request.headers());
        let sender = Self {
            media: media.unwrap_or(Media::Json),
            id: super::envelope::request_id(request.extensions()),
            address: Spender::address(client_address(request, proxies)),
            token: bearer(request.headers()),
            may_write,
        };
        let acceptable = media.map(|_| ()).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                "NOT_ACCEPTABLE",
                "accept application/graphql-response+json or application/json",
            )
        });
        (sender, acceptable)
    }
}

/// The token of an `Authorization` header; another kind of credentials is a fault.
fn bearer(headers: &HeaderMap) -> Option<Result<AccessToken, Problem>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    Some(match token.filter(|token| !token.is_empty()) {
        Some(token) => Ok(AccessToken::new(token)),
        None => Err(Problem::unauthenticated("the Authorization header must be: Bearer and the access token")),
    })
}

impl<E: Executor, H: Hooks> Endpoint<E, H> {
    async fn respond(
        &self,
        (sender, acceptable): (Sender, Result<(), Problem>),
        params: impl Future<Output = Result<Request, Problem>>,
    ) -> Response {
        let (media, id) = (sender.media, sender.id.clone());
        let answer = async {
            acceptable?;
            // One point for the request itself, before any work; the rest when its cost is known.
            self.spend(sender.address, 1)?;
            let request = params.await?;
            self.answer(&sender, request).await
        };
        answer.await.unwrap_or_else(|problem| problem.answer(media, &id))
    }

    async fn answer(&self, sender: &Sender, mut request: Request) -> Result<Response, Problem> {
        let (kind, cost) = match self.admit(&mut request) {
            Ok(admitted) => admitted,
            Err(errors) => {
                let mut refused = Answer::from_errors(errors);
                masking::mask(&mut refused, &sender.id, self.settings.limits.errors);
                return Ok(render(&refused, sender.media));
            }
        };
        check_kind(kind, sender.may_write)?;
        let caller = self.caller(sender, cost).await?;
        if caller.is_none() {
            // Whoever is signed in pays for themselves: thirty tablets behind one hotspot share an address.
            self.spend(sender.address, cost - 1)?;
        }

        let operation = Operation::new(kind, request.operation_name.as_deref(), cost);
        let queue = BatchQueue::new();
        let request = self.hooks.prepare(request.data(sender.id.clone()), caller, &queue);
        let run = Run { schema: self.schema.clone(), request, queue, id: sender.id.clone() };
        let answer = match kind {
            OperationType::Mutation => run.mutation(&self.settings, &self.tasks).await?,
            OperationType::Query | OperationType::Subscription => run.query(&self.settings).await?,
        };
        let mut response = render(&answer, sender.media);
        response.extensions_mut().insert(operation);
        Ok(response)
    }

    /// Parses and measures the document. What it refuses is an answer of GraphQL's own.
    fn admit(&self, request: &mut Request) -> Result<(OperationType, u64), Vec<ServerError>> {
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
        self.spend(Spender::Person(self.hooks.person(&caller)), cost)?;
        Ok(Some(caller))
    }

    fn spend(&self, spender: Spender, points: u64) -> Result<(), Problem> {
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

fn check_kind(kind: OperationType, may_write: bool) -> Result<(), Problem> {
    match kind {
        OperationType::Query => Ok(()),
        OperationType::Mutation if may_write => Ok(()),
        OperationType::Mutation => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "GET is for queries: send a mutation by POST",
        )),
        OperationType::Subscription => Err(Problem::malformed("subscriptions need another transport than this")),
    }
}

/// Writes the answer; its status says in the newer media type whether the request ran.
fn render(answer: &Answer, media: Media) -> Response {
    let refused = masking::is_refused(answer);
    let body = if refused {
        // Nothing ran: there is no `data` at all.
        serde_json::json!({ "errors": answer.errors }).to_string().into_bytes()
    } else {
        json::response(answer)
    };
    let status = match media {
        Media::GraphQl if refused => StatusCode::BAD_REQUEST,
        Media::GraphQl | Media::Json => StatusCode::OK,
    };
    (status, [(header::CONTENT_TYPE, media.content_type())], body).into_response()
}
