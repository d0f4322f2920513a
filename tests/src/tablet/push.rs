//! Pushes the queue in order, in batches; each answer is stored before the next batch is sent.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Tablet;
use super::documents::{PENDING_EDITS, PUSH};
use super::error::TabletError;
use super::local::{Answered, Operation, State};
use super::wire::Wire;

/// The maximum number of operations in a batch.
const MOST: usize = 100;
/// The maximum size of a batch in bytes: the server accepts 1 MiB, and the request contains more than the operations.
const MOST_BYTES: usize = 900 * 1024;

/// The result of a push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// The number of answered operations.
    pub answered: usize,
    /// The number of operations that the server did not accept now: they stay in the queue for the next time.
    pub later: usize,
}

impl<W: Wire> Tablet<W> {
    /// Sends pending operations until the queue is empty or the server accepts no more.
    ///
    /// Only those of the signed-in person, because a session never sends another person's work. After an interruption
    /// the next call begins with the same operations under the same ids, and the server answers known operations as
    /// before.
    ///
    /// # Errors
    /// The failure, after the repetitions were used up.
    pub async fn push(&self) -> Result<Pushed, TabletError> {
        let (person_id, mut most, mut pushed) = (self.session.person_id(), MOST, Pushed::default());
        self.local.offer_missing(person_id, self.project_id).await?;
        loop {
            let waiting = self.local.queue(person_id, self.project_id, most).await?;
            let batch = fitting(waiting);
            if batch.is_empty() {
                return Ok(pushed);
            }
            let results = match self.retry_policy.retry(|| self.send(&batch)).await {
                Ok(results) => results,
                // The batch is too large for the server or a proxy, or one operation cannot be parsed: smaller batches
                // isolate it.
                Err(TabletError::TooLarge | TabletError::Refused(_)) if batch.len() > 1 => {
                    most = batch.len() / 2;
                    continue;
                }
                // This operation alone is unacceptable, and must not delay those after it.
                Err(TabletError::TooLarge) => vec![unacceptable(&batch[0], "TOO_LARGE")],
                Err(TabletError::Refused(why)) => {
                    // If the server does not understand this program, no operation may leave the queue.
                    self.retry_policy.retry(|| self.send(&[])).await?;
                    vec![unacceptable(&batch[0], &why)]
                }
                Err(other) => return Err(other),
            };
            let answers = match_answers(&batch, &results);
            self.local.store_answers(&answers).await?;
            pushed.answered += answers.len();
            if answers.len() < batch.len() {
                pushed.later = batch.len() - answers.len();
                return Ok(pushed);
            }
        }
    }

    async fn send(&self, batch: &[Operation]) -> Result<Vec<Value>, TabletError> {
        let operations: Vec<Value> = batch.iter().map(Operation::as_sent).collect();
        let input = json!({
            "deviceId": self.local.device_id(), "deviceName": self.local.device_name(), "operations": operations,
        });
        let data = self.session.ask(PUSH, json!({ "input": input })).await?;
        let payload = &data["syncPush"];
        match payload["userErrors"].get(0) {
            Some(error) => Err(TabletError::Refused(error["code"].to_string())),
            None => Ok(payload["results"].as_array().cloned().unwrap_or_default()),
        }
    }

    /// Requests the outcome of parked operations, so that their author sees it.
    ///
    /// # Errors
    /// The failure.
    pub async fn look_after_parked(&self) -> Result<(), TabletError> {
        if !self.local.any_parked(self.session.person_id(), self.project_id).await? {
            return Ok(());
        }
        let mut after = Value::Null;
        loop {
            let variables = json!({ "projectId": self.project_id, "after": after });
            let data = self.retry_policy.retry(|| self.session.ask(PENDING_EDITS, variables.clone())).await?;
            let edits = &data["pendingEdits"];
            self.local.settle(edits["nodes"].as_array().map(Vec::as_slice).unwrap_or_default()).await?;
            after = edits["pageInfo"]["endCursor"].clone();
            if edits["pageInfo"]["hasNextPage"] != json!(true) {
                return Ok(());
            }
        }
    }
}

/// The first operations that fit into a request; at least one.
fn fitting(waiting: Vec<Operation>) -> Vec<Operation> {
    let mut bytes = 0;
    let fits = |operation: &Operation| {
        bytes += operation.as_sent().to_string().len() + 1;
        bytes <= MOST_BYTES
    };
    let count = waiting.iter().take_while({
        let mut fits = fits;
        move |operation| fits(operation)
    });
    let count = count.count().max(1);
    waiting.into_iter().take(count).collect()
}

/// The new states of the operations of a batch by its results. Without a result, or with one that means "not now", an
/// operation stays queued.
fn match_answers(batch: &[Operation], results: &[Value]) -> Vec<Answered> {
    let results: HashMap<&str, &Value> =
        results.iter().filter_map(|result| Some((result["operationId"].as_str()?, result))).collect();
    let answered = |id: Uuid| {
        let answer = *results.get(id.to_string().as_str())?;
        Some(Answered { id, state: state(answer)?, answer: answer.clone() })
    };
    batch.iter().filter_map(|operation| answered(operation.id)).collect()
}

/// The new state of an operation by its result; `None` if the server has not stored it and it is to be sent again.
fn state(answer: &Value) -> Option<State> {
    if answer["pendingEdit"].is_object() {
        return Some(State::Parked);
    }
    match answer["outcome"].as_str()? {
        "APPLIED" | "ALREADY_APPLIED" | "MERGED" => Some(State::Acknowledged),
        "CONFLICT" => Some(State::Parked),
        _ if not_now(answer) => None,
        // Also for an outcome of a newer server that this app does not know: the person sees its message.
        _ => Some(State::Refused),
    }
}

fn not_now(answer: &Value) -> bool {
    answer["userErrors"].as_array().into_iter().flatten().any(|error| match error["code"].as_str() {
        Some("TRY_AGAIN") => true,
        // The position in the batch is beyond 100. The same code refuses for good a command with too many objects.
        Some("TOO_MANY") => error["field"] == json!(["operations"]),
        _ => false,
    })
}

fn unacceptable(operation: &Operation, why: &str) -> Value {
    json!({ "operationId": operation.id, "outcome": "REJECTED",
        "userErrors": [{ "code": why, "message": "the server cannot take this", "field": [] }] })
}
