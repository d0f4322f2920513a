//! The operations of one connection: each in a task of its own, their messages in one bounded queue.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Response as Answer};
use futures::{FutureExt, StreamExt};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tracing::Instrument;

use super::protocol::{self, Close};
use crate::application::Application;
use crate::endpoint::{Admitted, Endpoint, Refusal, body};
use crate::masking;
use crate::params::Input;
use crate::problem::Problem;
use crate::request_origin::RequestOrigin;

/// Messages that wait for a slow reader; the operations wait with them.
const QUEUE: usize = 16;

/// A message of an operation.
pub(super) struct Outgoing {
    id: Arc<str>,
    /// Which operation of this id: a client may use an id again.
    number: u64,
    text: String,
    /// The operation has ended with it.
    last: bool,
}

/// The operations under way. All end when it is dropped, but for mutations, which run to their end.
pub(super) struct Operations<E, H> {
    endpoint: Arc<Endpoint<E, H>>,
    running: HashMap<Arc<str>, (u64, AbortHandle)>,
    tasks: JoinSet<()>,
    count: u64,
    send: mpsc::Sender<Outgoing>,
    receive: mpsc::Receiver<Outgoing>,
}

impl<E: Executor, H: Application> Operations<E, H> {
    pub(super) fn new(endpoint: Arc<Endpoint<E, H>>) -> Self {
        let (send, receive) = mpsc::channel(QUEUE);
        Self { endpoint, running: HashMap::new(), tasks: JoinSet::new(), count: 0, send, receive }
    }

    /// Begins one. Answers the message that refuses it, when there are too many.
    pub(super) fn begin(&mut self, id: String, input: Input, origin: RequestOrigin) -> Result<Option<String>, Close> {
        let id: Arc<str> = id.into();
        if self.running.contains_key(&id) {
            return Err(Close::DUPLICATE_ID);
        }
        if self.running.len() >= self.endpoint.settings.live.operations {
            return Ok(Some(protocol::error(&id, &Problem::too_many_operations().errors(&origin.id, origin.language))));
        }
        self.count += 1;
        let out = Out { id: Arc::clone(&id), number: self.count, send: self.send.clone() };
        let span = tracing::info_span!("operation", id = origin.id.as_str());
        let task = run(Arc::clone(&self.endpoint), input, origin, out).instrument(span);
        self.running.insert(id, (self.count, self.tasks.spawn(task)));
        Ok(None)
    }

    /// The client wants no more of it.
    pub(super) fn end(&mut self, id: &str) {
        if let Some((_, task)) = self.running.remove(id) {
            task.abort();
        }
        self.reap();
    }

    /// The next message of those that the client still wants.
    pub(super) async fn next(&mut self) -> String {
        loop {
            // It does not end: a sender is kept here.
            let Some(message) = self.receive.recv().await else { return std::future::pending().await };
            let wanted = self.running.get(&message.id).is_some_and(|(number, _)| *number == message.number);
            if wanted && message.last {
                self.running.remove(&message.id);
                self.reap();
            }
            if wanted {
                return message.text;
            }
        }
    }

    fn reap(&mut self) {
        while self.tasks.try_join_next().is_some() {}
    }
}

/// Where an operation's messages go.
struct Out {
    id: Arc<str>,
    number: u64,
    send: mpsc::Sender<Outgoing>,
}

impl Out {
    /// Waits while the reader is slow.
    async fn put(&self, text: String, last: bool) {
        // The receiver is gone when the connection ends, and then the operation is dropped, too.
        let _ = self.send.send(Outgoing { id: Arc::clone(&self.id), number: self.number, text, last }).await;
    }

    async fn next(&self, answer: &Answer) {
        self.put(protocol::next(&self.id, &body(answer)), false).await;
    }

    async fn complete(&self) {
        self.put(protocol::complete(&self.id), true).await;
    }

    async fn refused(&self, answer: &Answer) {
        self.put(protocol::error(&self.id, &json!(answer.errors)), true).await;
    }

    async fn failed(&self, problem: &Problem, origin: &RequestOrigin) {
        self.put(protocol::error(&self.id, &problem.errors(&origin.id, origin.language)), true).await;
    }
}

async fn run<E: Executor, H: Application>(
    endpoint: Arc<Endpoint<E, H>>,
    input: Input,
    mut origin: RequestOrigin,
    out: Out,
) {
    let admitted = async {
        endpoint.charge(origin.address, 1)?;
        let payer = endpoint.identify(&mut origin).await?;
        endpoint.admit(&origin, payer, input).await
    };
    match AssertUnwindSafe(admitted).catch_unwind().await {
        Ok(Ok(admitted)) => run_operation(&endpoint, admitted, &origin, &out).await,
        Ok(Err(Refusal::Document(answer))) => out.refused(&answer).await,
        Ok(Err(Refusal::Problem(problem))) => out.failed(&problem, &origin).await,
        Err(_) => {
            tracing::error!("an operation panicked");
            out.failed(&Problem::internal(), &origin).await;
        }
    }
}

async fn run_operation<E: Executor, H: Application>(
    endpoint: &Endpoint<E, H>,
    admitted: Admitted<E>,
    origin: &RequestOrigin,
    out: &Out,
) {
    if admitted.kind == OperationType::Subscription {
        return follow(endpoint, admitted, origin, out).await;
    }
    match endpoint.run(admitted).await {
        Ok(answer) if masking::is_refused(&answer) => out.refused(&answer).await,
        Ok(answer) => {
            out.next(&answer).await;
            out.complete().await;
        }
        Err(problem) => out.failed(&problem, origin).await,
    }
}

async fn follow<E: Executor, H: Application>(
    endpoint: &Endpoint<E, H>,
    admitted: Admitted<E>,
    origin: &RequestOrigin,
    out: &Out,
) {
    let mut answers = std::pin::pin!(admitted.run.stream(endpoint.settings.limits.errors));
    while let Some(answer) = answers.next().await {
        match answer {
            // It could not begin.
            Ok(answer) if masking::is_without_data(&answer) => return out.refused(&answer).await,
            Ok(answer) => out.next(&answer).await,
            Err(problem) => return out.failed(&problem, origin).await,
        }
    }
    out.complete().await;
}
