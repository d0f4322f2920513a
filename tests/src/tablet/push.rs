//! The queue goes up: in order, in batches, each answer stored before the next batch leaves.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Tablet;
use super::documents::{PENDING_EDITS, PUSH};
use super::error::TabletError;
use super::local::{Answered, Operation, State};
use super::wire::Wire;

/// Operations in a batch: more are not taken.
const MOST: usize = 100;
/// Bytes of a batch: the server takes 1 MiB, and the request has other words in it, too.
const MOST_BYTES: usize = 900 * 1024;

/// What a push has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Operations that the server has answered.
    pub answered: usize,
    /// Operations that it will not take now: they stay in the queue for the next time.
    pub later: usize,
}

impl<W: Wire> Tablet<W> {
    /// Sends what waits, until the queue is empty or the server takes no more now.
    ///
    /// Of the person who has signed in only: nobody sends another's work. Whatever happens in the middle, the next call
    /// begins with the same operations under the same ids, and the server answers those that it has done before.
    ///
    /// # Errors
    /// What stood in the way, after patience was at its end.
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
                // Too much for somebody on the way, or one of them cannot be read at all: smaller batches find it.
                Err(TabletError::TooLarge | TabletError::Refused(_)) if batch.len() > 1 => {
                    most = batch.len() / 2;
                    continue;
                }
                // This one alone is unacceptable: it must not hold up those behind it.
                Err(TabletError::TooLarge) => vec![unacceptable(&batch[0], "TOO_LARGE")],
                Err(TabletError::Refused(why)) => {
                    // Unless it is this program that the server does not understand: then nothing may leave the queue.
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

    /// Asks what has become of parked operations, so that their author sees it.
    ///
    /// # Errors
    /// What stood in the way.
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

/// The first of them, as many as fit into a request; one at least.
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

/// What the results make of the operations of a batch. Without a result, or with one that says "not now", an operation
/// stays queued.
fn match_answers(batch: &[Operation], results: &[Value]) -> Vec<Answered> {
    let results: HashMap<&str, &Value> =
        results.iter().filter_map(|result| Some((result["operationId"].as_str()?, result))).collect();
    let answered = |id: Uuid| {
        let answer = *results.get(id.to_string().as_str())?;
        Some(Answered { id, state: state(answer)?, answer: answer.clone() })
    };
    batch.iter().filter_map(|operation| answered(operation.id)).collect()
}

/// What an answer makes of an operation; none when the server has not stored it and it is to be sent again.
fn state(answer: &Value) -> Option<State> {
    if answer["pendingEdit"].is_object() {
        return Some(State::Parked);
    }
    match answer["outcome"].as_str()? {
        "APPLIED" | "ALREADY_APPLIED" | "MERGED" => Some(State::Acknowledged),
        "CONFLICT" => Some(State::Parked),
        _ if not_now(answer) => None,
        // Also an outcome that a newer server has and this app does not know: the person sees what it says.
        _ => Some(State::Refused),
    }
}

fn not_now(answer: &Value) -> bool {
    answer["userErrors"].as_array().into_iter().flatten().any(|error| match error["code"].as_str() {
        Some("TRY_AGAIN") => true,
        // Beyond the 100th of a batch. A command that names too many things is refused for good by the same code.
        Some("TOO_MANY") => error["field"] == json!(["operations"]),
        _ => false,
    })
}

fn unacceptable(operation: &Operation, why: &str) -> Value {
    json!({ "operationId": operation.id, "outcome": "REJECTED",
        "userErrors": [{ "code": why, "message": "the server cannot take this", "field": [] }] })
}
