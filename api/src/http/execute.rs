//! Runs one operation to its answers: queries and subscriptions may be dropped, mutations never.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_graphql::{Executor, Request, Response};
use futures::{FutureExt, Stream, StreamExt, stream};
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::hooks::RequestId;
use super::masking::mask;
use super::problem::Problem;
use super::settings::Settings;
use crate::graphql::error::ApiError;
use crate::graphql::loading::BatchQueue;

/// One operation, ready to run.
pub(super) struct Run<E> {
    pub(super) schema: E,
    pub(super) request: Request,
    pub(super) queue: BatchQueue,
    pub(super) id: RequestId,
    /// Told when the client of a mutation hangs up before the answer.
    pub(super) gone: CancellationToken,
}

impl<E: Executor> Run<E> {
    /// A client that hangs up, and the time-out, drop it where it stands.
    pub(super) async fn query(self, settings: &Settings) -> Result<Response, Problem> {
        let most = settings.limits.errors;
        tokio::time::timeout(settings.query_timeout, self.run(most)).await.unwrap_or_else(|_| {
            tracing::warn!("a query was dropped at its time-out");
            Err(timed_out("the query took too long: ask for less"))
        })
    }

    /// Runs in a task of its own, to its end, whether or not the client still waits: a half-made transaction is
    /// never dropped, and what was accepted is done.
    pub(super) async fn mutation(self, settings: &Settings, tasks: &TaskTracker) -> Result<Response, Problem> {
        let most = settings.limits.errors;
        // Dropped together with the request, or when there is an answer.
        let _gone = self.gone.clone().drop_guard();
        let task = tasks.spawn(self.run(most).in_current_span());
        match tokio::time::timeout(settings.mutation_timeout, task).await {
            Ok(Ok(answer)) => answer,
            // The task catches panics and nobody aborts it.
            Ok(Err(_)) => Err(Problem::internal()),
            Err(_) => {
                tracing::warn!("a mutation goes on after its time-out");
                Err(timed_out("no answer in time, but the command goes on: send it again to learn its result"))
            }
        }
    }

    /// The answers of a subscription, one after the other. Whoever drops them ends it.
    pub(super) fn stream(self, most: usize) -> impl Stream<Item = Result<Response, Problem>> + Send {
        let Self { schema, request, queue, id, gone: _ } = self;
        let answers = schema.execute_stream(request, None);
        stream::unfold(Some((answers, queue, id)), move |going_on| async move {
            let (mut answers, queue, id) = going_on?;
            match AssertUnwindSafe(queue.drive(answers.next())).catch_unwind().await {
                Ok(Some(mut response)) => {
                    mask(&mut response, &id, most);
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

    async fn run(self, most: usize) -> Result<Response, Problem> {
        let Self { schema, request, queue, id, gone: _ } = self;
        let execution = queue.drive(schema.execute(request));
        match AssertUnwindSafe(execution).catch_unwind().await {
            Ok(mut response) => {
                if let Some(wait) = overloaded(&response) {
                    return Err(Problem::overloaded(wait));
                }
                mask(&mut response, &id, most);
                Ok(response)
            }
            Err(_) => {
                tracing::error!("a resolver panicked");
                Err(Problem::internal())
            }
        }
    }
}

/// How long to wait, if the server had too much to do for a request and did nothing of it.
fn overloaded(response: &Response) -> Option<Duration> {
    let without_data = response.data == async_graphql::Value::Null;
    let mut sources = response.errors.iter().filter_map(|error| error.source::<ApiError>());
    let wait = sources.find_map(|error| match error {
        ApiError::Overloaded(wait) => Some(*wait),
        _ => None,
    });
    wait.filter(|_| without_data)
}

fn timed_out(message: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message)
}
