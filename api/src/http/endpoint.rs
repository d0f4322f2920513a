//! `/graphql`: from an HTTP request to an operation that is measured, paid for and run, and back.
//!
//! A request pays in three steps, each before the work that it pays for: one point when it comes, to its address; the
//! price of its bytes before they are parsed; and what its cost is above that before it runs. Who pays is known first: a
//! good access token is that of a person, everything else is paid by the address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, Response as Answer, ServerError};
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse, Response};
use domain::Language;
use http::{HeaderMap, StatusCode, header};
use ipnet::IpNet;
use listener::Bodies;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::accept::{Accepted, Media};
use super::address::client_address;
use super::batch::BatchQueue;
use super::documents::{Rules, check_values, normal_form};
use super::envelope::{self, Operation};
use super::events;
use super::execute::Run;
use super::hooks::{AccessToken, Client, Hooks, RequestId};
use super::json;
use super::kind::{check_kind, kind};
use super::language;
use super::limits::{self, Shapes};
use super::masking;
use super::params::{self, BodyLimit, Input};
use super::parse_pool::{IN_PLACE_BYTES, ParsePool};
use super::problem::Problem;
use super::profile::SchemaProfile;
use super::rate::{Limiter, Spender};
use super::seats::Seats;
use super::settings::Settings;
use super::websocket;
use crate::words;

/// Everything that `/graphql` needs.
pub(super) struct Endpoint<E, H> {
    pub(super) schema: E,
    pub(super) profile: &'static SchemaProfile,
    pub(super) rules: Rules,
    pub(super) shapes: Shapes,
    pub(super) hooks: Arc<H>,
    pub(super) settings: Settings,
    pub(super) limiter: Limiter,
    pub(super) pool: Arc<ParsePool>,
    pub(super) seats: Seats,
    /// Bytes of bodies that are being received.
    pub(super) bodies: Bodies,
    /// The same of requests without an access token: they take no room from those with one.
    pub(super) anonymous_bodies: Bodies,
    pub(super) tasks: TaskTracker,
    /// The server is told to stop: connections that would go on for ever end now.
    pub(super) stopping: CancellationToken,
}

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

/// Who pays for an operation: the person who is signed in, or the address.
pub(super) struct Payer<C> {
    caller: Option<Arc<C>>,
    spender: Spender,
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
    Document(Box<Answer>),
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
    let sender = Sender::of(&request, &endpoint.settings.trusted_proxies, false);
    let input = Input::Url(request.uri().clone());
    endpoint.respond(sender, Ok(()), |_| async { Ok(input) }).await
}

pub(super) async fn post<E: Executor, H: Hooks>(
    State(endpoint): State<Arc<Endpoint<E, H>>>,
    request: HttpRequest,
) -> Response {
    let sender = Sender::of(&request, &endpoint.settings.trusted_proxies, true);
    let is_json = params::check_content_type(request.headers());
    let address = client_address(&request, &endpoint.settings.trusted_proxies);
    let held = [endpoint.anonymous_bodies.hold(address), endpoint.bodies.hold(address)];
    let (of_person, anonymous) = (endpoint.settings.body_bytes, endpoint.settings.anonymous_body_bytes);
    // How large a body may be is decided here alone.
    let limit = move |signed_in| match signed_in {
        true => BodyLimit::of_person(of_person),
        false => BodyLimit::anonymous(anonymous),
    };
    let body = move |signed_in| async move {
        let [anonymous, of_person] = held;
        let held = if signed_in { of_person } else { anonymous };
        params::read_body(request.into_body(), limit(signed_in), held).await.map(Input::Body)
    };
    endpoint.respond(sender, is_json, body).await
}

impl Sender {
    fn of(request: &HttpRequest, proxies: &[IpNet], may_write: bool) -> (Self, Accepted) {
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

impl<E: Executor, H: Hooks> Endpoint<E, H> {
    /// Answers one request; `input` reads its parameters, knowing whether a person is signed in.
    async fn respond<F: Future<Output = Result<Input, Problem>>>(
        self: Arc<Self>,
        (mut sender, accepted): (Sender, Accepted),
        checked: Result<(), Problem>,
        input: impl FnOnce(bool) -> F,
    ) -> Response {
        let (media, id, mut language) = (accepted.media.unwrap_or(Media::Json), sender.id.clone(), sender.language);
        let answer = async {
            accepted.check()?;
            self.spend(sender.address, 1)?;
            checked?;
            let payer = self.identify(&mut sender).await;
            language = sender.language;
            let payer = payer?;
            let input = input(payer.caller.is_some()).await?;
            let payer = self.confirm(&sender, payer).await?;
            self.answer(sender, payer, &accepted, input).await
        };
        let answer = answer.await;
        answer.unwrap_or_else(|problem| problem.answer(media, &id, language))
    }

    async fn answer(
        self: &Arc<Self>,
        sender: Sender,
        payer: Payer<H::Caller>,
        accepted: &Accepted,
        input: Input,
    ) -> Result<Response, Problem> {
        let admitted = match self.admit(&sender, payer, input).await {
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

    /// Finds out who pays, before anything of the request is read. A person pays for themselves from here on, since
    /// thirty tablets behind one hotspot share an address; and reads the own language.
    pub(super) async fn identify(&self, sender: &mut Sender) -> Result<Payer<H::Caller>, Problem> {
        let Some(caller) = self.authenticate(sender).await? else {
            return Ok(Payer { caller: None, spender: sender.address });
        };
        envelope::note_person(self.hooks.person(&caller));
        sender.language = self.hooks.language(&caller);
        let spender = Spender::Person(self.hooks.person(&caller));
        self.spend(spender, 1)?;
        Ok(Payer { caller: Some(caller), spender })
    }

    /// Asks again who it is when the body is there: it may take half a minute to arrive, and rights that ended meanwhile
    /// have ended.
    async fn confirm(&self, sender: &Sender, payer: Payer<H::Caller>) -> Result<Payer<H::Caller>, Problem> {
        Ok(Payer { caller: self.authenticate(sender).await?, ..payer })
    }

    async fn authenticate(&self, sender: &Sender) -> Result<Option<Arc<H::Caller>>, Problem> {
        let Some(token) = &sender.token else { return Ok(None) };
        let token = token.as_ref().map_err(Clone::clone)?;
        let found = self.hooks.authenticate(token, sender.client).await.map_err(|error| {
            tracing::error!(%error, "the caller could not be authenticated");
            Problem::internal()
        })?;
        let caller = found.ok_or_else(|| Problem::unauthenticated(words::TOKEN_UNKNOWN))?;
        Ok(Some(caller))
    }

    /// Reads and measures an operation, and takes its price. What is large is read beside the threads that answer.
    pub(super) async fn admit(
        self: &Arc<Self>,
        sender: &Sender,
        payer: Payer<H::Caller>,
        input: Input,
    ) -> Result<Admitted<E>, Refusal> {
        let (bytes, spender) = (input.bytes(), payer.spender);
        self.spend(spender, limits::price_of_bytes(0, bytes) - 1)?;
        if bytes < IN_PLACE_BYTES {
            return self.read(sender, payer, input);
        }
        let (endpoint, sender) = (Arc::clone(self), sender.clone());
        self.pool.run(spender, move || endpoint.read(&sender, payer, input)).await?
    }

    fn read(&self, sender: &Sender, payer: Payer<H::Caller>, input: Input) -> Result<Admitted<E>, Refusal> {
        let bytes = input.bytes();
        let mut request = input.read(self.profile.item_by_item)?;
        let of_body = limits::price_of_bytes(0, bytes);
        let paid = limits::price_of_bytes(request.query.len(), bytes);
        self.spend_rest(payer.spender, paid - of_body, of_body)?;
        let (kind, cost) = self.measure(&mut request).map_err(|errors| self.refuse(sender, errors, paid))?;
        check_kind(kind, sender)?;
        self.spend_rest(payer.spender, cost.saturating_sub(paid), paid)?;

        let cost = cost.max(paid);
        let Payer { caller, spender } = payer;
        let person = caller.as_deref().map(|caller| self.hooks.person(caller));
        let operation = Operation::new(kind, request.operation_name.as_deref(), cost);
        let queue = BatchQueue::with_budget(self.settings.limits.answer);
        let client = Client { address: sender.client, language: sender.language, gone: CancellationToken::new() };
        let gone = client.gone.clone();
        let mut request = self.hooks.prepare(request.data(sender.id.clone()).data(client), caller, &queue);
        self.check_values(&mut request, sender.language).map_err(|error| self.refuse(sender, vec![error], cost))?;
        let pool = (bytes >= IN_PLACE_BYTES).then(|| (Arc::clone(&self.pool), spender));
        let cost = sender.tells_cost.then_some(cost);
        let run = Run {
            schema: self.schema.clone(),
            request,
            queue,
            id: sender.id.clone(),
            gone,
            cost,
            pool,
            language: sender.language,
        };
        Ok(Admitted { kind, operation, person, run })
    }

    /// The answer to a document that is refused before it runs, with what it cost.
    fn refuse(&self, sender: &Sender, errors: Vec<ServerError>, cost: u64) -> Refusal {
        let mut refused = Answer::from_errors(errors);
        masking::mask(&mut refused, &sender.id, self.settings.limits.errors);
        super::execute::tell(&mut refused, sender.tells_cost.then_some(cost));
        Refusal::Document(Box::new(refused))
    }

    /// Refuses values that are no ids, moments, days or numbers, in the language of who asks.
    fn check_values(&self, request: &mut Request, language: Language) -> Result<(), ServerError> {
        let variables = std::mem::take(&mut request.variables);
        let checked = request
            .parsed_query()
            .and_then(|document| check_values(self.profile, &self.rules, document, &variables, language));
        request.variables = variables;
        checked
    }

    /// Runs a query or a mutation.
    pub(super) async fn run(&self, Admitted { kind, run, .. }: Admitted<E>) -> Result<Answer, Problem> {
        match kind {
            OperationType::Mutation => run.mutation(&self.settings, &self.tasks).await,
            OperationType::Query | OperationType::Subscription => run.query(&self.settings).await,
        }
    }

    /// Parses, measures and validates the document, and puts its normal form into the request. What is refused is an
    /// answer of GraphQL's own.
    fn measure(&self, request: &mut Request) -> Result<(OperationType, u64), Vec<ServerError>> {
        let limits = &self.settings.limits;
        if request.query.len() > limits.document_bytes {
            let message = format!("the document is over {} bytes", limits.document_bytes);
            return Err(vec![masking::refusal("DOCUMENT_TOO_LARGE", message)]);
        }
        if !limits::check_nesting(&request.query) {
            let message = "the document nests too deep, or holds too many brackets".to_owned();
            return Err(vec![masking::refusal("DEPTH_LIMIT_EXCEEDED", message)]);
        }
        let name = request.operation_name.as_deref();
        let document = parse_query(&request.query).map_err(masking::unparsable)?;
        let kind = kind(&document, name);
        let variables = &request.variables;
        let cost = limits::check(limits, &self.shapes, self.settings.introspection, &document, name, variables)
            .map_err(masking::violations)?;
        self.rules.check(&request.query)?;
        let formed = normal_form(&self.rules, &document, name, variables).map_err(|error| vec![error])?;
        request.set_parsed_query(formed.unwrap_or(document));
        Ok((kind, cost))
    }

    pub(super) fn spend(&self, spender: Spender, points: u64) -> Result<(), Problem> {
        self.limiter.spend(spender, points, Instant::now()).map_err(Problem::rate_limited)
    }

    fn spend_rest(&self, spender: Spender, points: u64, paid: u64) -> Result<(), Problem> {
        self.limiter.spend_rest(spender, points, paid, Instant::now()).map_err(Problem::rate_limited)
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
        let mut refused = serde_json::json!({ "errors": answer.errors });
        if !answer.extensions.is_empty() {
            refused["extensions"] = serde_json::json!(answer.extensions);
        }
        refused.to_string().into_bytes()
    } else {
        json::response(answer)
    }
}
