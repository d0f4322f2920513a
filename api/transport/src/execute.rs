//! Runs one operation to its answers: queries and subscriptions may be dropped, mutations never.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::{Executor, Request, Response, Value};
use domain::Language;
use domain::words::Phrase;
use futures::{FutureExt, Stream, StreamExt, stream};
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::application::RequestId;
use super::batch::BatchQueue;
use super::budget::AnswerTooLarge;
use super::fault::Fault;
use super::json;
use super::masking::{mask, refusal};
use super::parse_pool::ParsePool;
use super::problem::Problem;
use super::rate::RateLimitKey;
use super::settings::Settings;
use crate::words;

/// One operation, ready to run.
pub(super) struct Run<E> {
    pub(super) schema: E,
    pub(super) request: Request,
    pub(super) queue: BatchQueue,
    pub(super) id: RequestId,
    /// Cancelled when the client of a mutation hangs up before the answer.
    pub(super) gone: CancellationToken,
    /// What it cost, if the answer says so.
    pub(super) cost: Option<u64>,
    /// The language of the reader.
    pub(super) language: Language,
    /// Where it begins, if it is large: validation and conversion of its variables take long.
    pub(super) pool: Option<(Arc<ParsePool>, RateLimitKey)>,
}

impl<E: Executor> Run<E> {
    /// A client that hangs up, and the time-out, drop it where it stands.
    pub(super) async fn query(self, settings: &Settings) -> Result<Response, Problem> {
        let most = settings.limits.errors;
        tokio::time::timeout(settings.query_timeout, self.bounded(most)).await.unwrap_or_else(|_| {
            tracing::warn!("a query was dropped at its time-out");
            Err(timed_out(words::QUERY_TOO_SLOW))
        })
    }

    /// Runs in a task of its own, to its end, whether or not the client still waits: a half-made transaction is never
    /// dropped, and an accepted mutation is done.
    pub(super) async fn mutation(self, settings: &Settings, tasks: &TaskTracker) -> Result<Response, Problem> {
        let most = settings.limits.errors;
        // Dropped together with the request, or when there is an answer.
        let _gone = self.gone.clone().drop_guard();
        let task = tasks.spawn(self.run(most).in_current_span());
        match tokio::time::timeout(settings.mutation_timeout, task).await {
            Ok(Ok(answer)) => answer,
            // The task catches panics and is never aborted.
            Ok(Err(_)) => Err(Problem::internal()),
            Err(_) => {
                tracing::warn!("a mutation goes on after its time-out");
                Err(timed_out(words::MUTATION_TOO_SLOW))
            }
        }
    }

    /// The answers of a subscription, one after the other. Dropping them ends it.
    pub(super) fn stream(self, most: usize) -> impl Stream<Item = Result<Response, Problem>> + Send {
        let Self { schema, request, queue, id, cost, language, .. } = self;
        let answers = schema.execute_stream(request, None);
        stream::unfold(Some((answers, queue, id)), move |going_on| async move {
            let (mut answers, queue, id) = going_on?;
            match AssertUnwindSafe(queue.drive(answers.next())).catch_unwind().await {
                Ok(Some(mut response)) => {
                    mask(&mut response, &id, most);
                    translate(&mut response, language);
                    add_cost(&mut response, cost);
                    Some((Ok(response), Some((answers, queue, id))))
                }
                Ok(None) => None,
                Err(_) => {
                    tracing::error!("a subscription panicked");
                    Some((Err(Problem::internal()), None))
                }
            }
        })
    }

    /// Runs it as long as the answer stays within its budget.
    async fn bounded(self, most: usize) -> Result<Response, Problem> {
        let (budget, id, cost) = (self.queue.budget().clone(), self.id.clone(), self.cost);
        let answer = tokio::select! {
            biased;
            answer = self.run(most) => Some(answer?),
            () = budget.exceeded() => None,
        };
        let within = |answer: &Response| !budget.is_exceeded() && budget.allows_bytes(json::size(&answer.data));
        if let Some(answer) = answer.filter(within) {
            return Ok(answer);
        }
        tracing::warn!("a query was broken off: its answer is over the budget");
        let mut refused = Response::from_errors(vec![refusal(AnswerTooLarge::CODE, budget.message())]);
        mask(&mut refused, &id, most);
        add_cost(&mut refused, cost);
        Ok(refused)
    }

    async fn run(self, most: usize) -> Result<Response, Problem> {
        let Self { schema, request, queue, id, cost, language, pool, gone: _ } = self;
        let execution = async move { queue.drive(schema.execute(request)).await };
        let execution = AssertUnwindSafe(execution).catch_unwind();
        let answer = match pool {
            Some((pool, key)) => pool.begin(key, Box::pin(execution)).await?,
            None => execution.await,
        };
        match answer {
            Ok(mut response) => {
                if let Some(problem) = passing(&response) {
                    return Err(problem);
                }
                mask(&mut response, &id, most);
                translate(&mut response, language);
                add_cost(&mut response, cost);
                Ok(response)
            }
            Err(_) => {
                tracing::error!("a resolver panicked");
                Err(Problem::internal())
            }
        }
    }
}

/// Why a request has no answer, if the same request succeeds later: the server had too much to do, or no room.
fn passing(response: &Response) -> Option<Problem> {
    let mut faults = response.errors.iter().filter_map(|error| error.source::<Fault>());
    let fault = faults.find(|fault| fault.wait.is_some())?;
    has_no_data(&response.data).then(|| Problem::of_fault(fault))
}

/// Whether no field at the root has a value.
fn has_no_data(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        _ => false,
    }
}

/// Puts what people read in the language of the reader.
fn translate(response: &mut Response, language: Language) {
    if language == Language::En {
        return;
    }
    for error in &mut response.errors {
        if let Some((_, zh)) = words::IN_ANSWERS.iter().find(|(en, _)| *en == error.message) {
            (*zh).clone_into(&mut error.message);
        }
    }
}

/// Puts what it cost into the answer, if the client wants to know.
pub(super) fn add_cost(answer: &mut Response, cost: Option<u64>) {
    if let Some(cost) = cost {
        answer.extensions.insert("cost".to_owned(), cost.into());
    }
}

fn timed_out(why: Phrase) -> Problem {
    Problem::for_people(StatusCode::SERVICE_UNAVAILABLE, Fault::TIMEOUT, why)
}
