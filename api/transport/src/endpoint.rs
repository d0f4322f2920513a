//! `/graphql`: from an HTTP request to an operation that is measured, paid for and run, and back.
//!
//! A request pays in three steps, each before the work that it pays for: one point when it comes, to its address; the
//! price of its bytes before they are parsed; and the rest of its cost before it runs. The payer is known first: the
//! person of a valid access token, otherwise the address.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, Response as Answer, ServerError};
use domain::Language;
use listener::Bodies;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::application::{Application, Client};
use super::batch::BatchQueue;
use super::connection_limiter::ConnectionLimiter;
use super::documents::{Rules, check_values, normal_form};
use super::execute::Run;
use super::json;
use super::kind::{check_kind, kind};
use super::limits::{self, Shapes};
use super::masking;
use super::middleware::{self, Operation};
use super::params::Input;
use super::parse_pool::{IN_PLACE_BYTES, ParsePool};
use super::problem::Problem;
use super::profile::SchemaProfile;
use super::rate::{Limiter, RateLimitKey};
use super::request_origin::RequestOrigin;
use super::settings::Settings;
use crate::words;

/// Everything that `/graphql` needs.
pub(super) struct Endpoint<E, H> {
    pub(super) schema: E,
    pub(super) profile: &'static SchemaProfile,
    pub(super) rules: Rules,
    pub(super) shapes: Shapes,
    pub(super) application: Arc<H>,
    pub(super) settings: Settings,
    pub(super) limiter: Limiter,
    pub(super) pool: Arc<ParsePool>,
    pub(super) connection_limiter: ConnectionLimiter,
    /// Bytes of bodies that are being received.
    pub(super) bodies: Bodies,
    /// The same of requests without an access token: they take no room from those with one.
    pub(super) anonymous_bodies: Bodies,
    pub(super) tasks: TaskTracker,
    /// Cancelled when the server stops: connections without an end are closed then.
    pub(super) stopping: CancellationToken,
}

/// Who pays for an operation: the person who is signed in, or the address.
pub(super) struct Payer<C> {
    pub(super) caller: Option<Arc<C>>,
    pub(super) key: RateLimitKey,
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

impl<E: Executor, H: Application> Endpoint<E, H> {
    /// Finds out who pays, before anything of the request is read. A person pays for themselves from here on, since
    /// thirty tablets behind one hotspot share an address; and reads the own language.
    pub(super) async fn identify(&self, origin: &mut RequestOrigin) -> Result<Payer<H::Caller>, Problem> {
        let Some(caller) = self.authenticate(origin).await? else {
            return Ok(Payer { caller: None, key: origin.address });
        };
        middleware::set_person(self.application.person(&caller));
        origin.language = self.application.language(&caller);
        let key = RateLimitKey::Person(self.application.person(&caller));
        self.charge(key, 1)?;
        Ok(Payer { caller: Some(caller), key })
    }

    /// Asks again who it is when the body is there: it may take half a minute to arrive, and rights that ended
    /// meanwhile have ended.
    pub(super) async fn confirm(
        &self,
        origin: &RequestOrigin,
        payer: Payer<H::Caller>,
    ) -> Result<Payer<H::Caller>, Problem> {
        Ok(Payer { caller: self.authenticate(origin).await?, ..payer })
    }

    async fn authenticate(&self, origin: &RequestOrigin) -> Result<Option<Arc<H::Caller>>, Problem> {
        let Some(token) = &origin.token else { return Ok(None) };
        let token = token.as_ref().map_err(Clone::clone)?;
        let found = self.application.authenticate(token, origin.client).await.map_err(|fault| {
            fault.log("the caller could not be authenticated");
            Problem::of_fault(&fault)
        })?;
        let caller = found.ok_or_else(|| Problem::unauthenticated(words::TOKEN_UNKNOWN))?;
        Ok(Some(caller))
    }

    /// Reads and measures an operation, and takes its price. Large documents are parsed beside the threads that answer.
    pub(super) async fn admit(
        self: &Arc<Self>,
        origin: &RequestOrigin,
        payer: Payer<H::Caller>,
        input: Input,
    ) -> Result<Admitted<E>, Refusal> {
        let (bytes, key) = (input.bytes(), payer.key);
        self.charge(key, limits::price_of_bytes(0, bytes) - 1)?;
        if bytes < IN_PLACE_BYTES {
            return self.read(origin, payer, input);
        }
        let (endpoint, origin) = (Arc::clone(self), origin.clone());
        self.pool.run(key, move || endpoint.read(&origin, payer, input)).await?
    }

    fn read(&self, origin: &RequestOrigin, payer: Payer<H::Caller>, input: Input) -> Result<Admitted<E>, Refusal> {
        let bytes = input.bytes();
        let mut request = input.read(self.profile.item_by_item)?;
        let of_body = limits::price_of_bytes(0, bytes);
        let paid = limits::price_of_bytes(request.query.len(), bytes);
        self.charge_rest(payer.key, paid - of_body, of_body)?;
        let (kind, cost) = self.measure(&mut request).map_err(|errors| self.refuse(origin, errors, paid))?;
        check_kind(kind, origin)?;
        self.charge_rest(payer.key, cost.saturating_sub(paid), paid)?;

        let cost = cost.max(paid);
        let Payer { caller, key } = payer;
        let person = caller.as_deref().map(|caller| self.application.person(caller));
        let operation = Operation::new(kind, request.operation_name.as_deref(), cost);
        let queue = BatchQueue::with_budget(self.settings.limits.answer);
        let client = Client { address: origin.client, language: origin.language, gone: CancellationToken::new() };
        let gone = client.gone.clone();
        let mut request =
            self.application.add_request_data(request.data(origin.id.clone()).data(client), caller, &queue);
        self.check_values(&mut request, origin.language).map_err(|error| self.refuse(origin, vec![error], cost))?;
        let pool = (bytes >= IN_PLACE_BYTES).then(|| (Arc::clone(&self.pool), key));
        let cost = origin.wants_cost.then_some(cost);
        let run = Run {
            schema: self.schema.clone(),
            request,
            queue,
            id: origin.id.clone(),
            gone,
            cost,
            pool,
            language: origin.language,
        };
        Ok(Admitted { kind, operation, person, run })
    }

    /// The answer to a document that is refused before it runs, with what it cost.
    fn refuse(&self, origin: &RequestOrigin, errors: Vec<ServerError>, cost: u64) -> Refusal {
        let mut refused = Answer::from_errors(errors);
        masking::mask(&mut refused, &origin.id, self.settings.limits.errors);
        super::execute::add_cost(&mut refused, origin.wants_cost.then_some(cost));
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

    /// Parses, measures and validates the document, and puts its normal form into the request. A refusal is an answer
    /// in GraphQL's own form.
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

    pub(super) fn charge(&self, key: RateLimitKey, points: u64) -> Result<(), Problem> {
        self.limiter.charge(key, points, Instant::now()).map_err(Problem::rate_limited)
    }

    fn charge_rest(&self, key: RateLimitKey, points: u64, paid: u64) -> Result<(), Problem> {
        self.limiter.charge_rest(key, points, paid, Instant::now()).map_err(Problem::rate_limited)
    }
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
