//! Sync, over HTTP: pushed operations are applied once, conflicts are kept for a person, changes are pulled completely.

mod bad_input;
mod client;
mod commands;
mod contact;
mod convergence;
mod delivered;
mod devices;
mod docs_example;
mod field_inputs;
mod kinds;
mod others;
mod outcomes;
mod pending;
mod processes;
mod statements;
mod twice;
mod visibility;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

pub(crate) const PUSH: &str = "mutation($input: SyncPushInput!) { syncPush(input: $input) { results {
    operationId outcome objectKind objectId object { id ... on Defect { status description severity version } }
    userErrors { code message field } conflict { field yours theirs changedAt changedBy { id } }
    pendingEdit { id state reason command input }
} } }";
pub(crate) const PULL: &str = "query($id: ID!, $cursor: String, $first: Int, $filter: ChangeFilter) {
    changes(projectId: $id, cursor: $cursor, first: $first, filter: $filter) {
        cursor hasMore resetRequired resetReason
        nodes { seq kind id unitId deleted object { id __typename ... on Defect { status description } } }
    } }";
const DEFECT: &str = "query($id: ID!) { defect(id: $id) { id status description severity version comments { body } } }";
const EDITS: &str =
    "query($id: ID!, $states: [PendingEditState!]) { pendingEdits(projectId: $id, states: $states, first: 100) {
    nodes { id state reason command input author { id } note settledBy { id } userErrors { code }
            conflict { field yours theirs } allowedCommands { name allowed } } } }";

/// A tablet with its holder.
pub(crate) struct Tablet<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) user: User<'a>,
    pub(crate) id: Uuid,
}

impl<'a> Tablet<'a> {
    pub(crate) async fn of(app: &'a TestApp, login: &str) -> Self {
        Self { app, user: app.user(login).await, id: v7() }
    }

    /// Pushes operations; answers the results.
    pub(crate) async fn push(&self, operations: &[Value]) -> Vec<Value> {
        let input = json!({ "deviceId": self.id, "deviceName": "a tablet", "operations": operations });
        let answer = self.user.query(PUSH, json!({ "input": input })).await;
        let results = answer["data"]["syncPush"]["results"].as_array();
        results.unwrap_or_else(|| panic!("no results: {answer:#}")).clone()
    }

    /// Pushes one operation.
    pub(crate) async fn push_one(&self, operation: &Value) -> Value {
        self.push(std::slice::from_ref(operation)).await.remove(0)
    }

    /// Logs a defect, as an operation; answers its id.
    pub(crate) async fn log(&self, unit: &str) -> Uuid {
        let id = v7();
        let result = self.push_one(&operation("defectLog", log_input(self.app, id, unit), None)).await;
        assert_eq!(result["outcome"], "APPLIED", "{result:#}");
        id
    }

    pub(crate) async fn defect(&self, id: Uuid) -> Value {
        self.user.ok(DEFECT, json!({ "id": id })).await["defect"].clone()
    }

    pub(crate) async fn edits(&self) -> Vec<Value> {
        let found = self.user.read(EDITS, json!({ "id": self.app.project.id })).await;
        found["pendingEdits"]["nodes"].as_array().expect("nodes").clone()
    }

    /// All pages after a cursor; answers the changes and the cursor behind them.
    pub(crate) async fn pull(&self, cursor: &Value, filter: &Value) -> (Vec<Value>, Value) {
        let (mut changes, mut at) = (Vec::new(), cursor.clone());
        loop {
            let page = self.page(&at, filter).await;
            assert_eq!(page["resetRequired"], json!(false), "{page:#}");
            changes.extend(page["nodes"].as_array().expect("nodes").clone());
            at = page["cursor"].clone();
            if page["hasMore"] == json!(false) {
                return (changes, at);
            }
        }
    }

    pub(crate) async fn page(&self, cursor: &Value, filter: &Value) -> Value {
        let variables = json!({ "id": self.app.project.id, "cursor": cursor, "first": 500, "filter": filter });
        self.user.ok(PULL, variables).await["changes"].clone()
    }
}

pub(crate) fn operation(command: &str, input: Value, base: Option<i64>) -> Value {
    json!({ "operationId": v7(), "baseVersion": base, "command": { command: input } })
}

pub(crate) fn log_input(app: &TestApp, id: Uuid, unit: &str) -> Value {
    let room = app.project.room(unit, "LIVING");
    json!({ "defectId": id, "unitId": app.project.unit(unit), "roomId": room, "type": "WALL.CRACK" })
}

pub(crate) fn describe(defect: Uuid, text: &str, base: i64) -> Value {
    operation("defectUpdate", json!({ "defectId": defect, "description": text }), Some(base))
}

pub(crate) fn codes(result: &Value) -> Vec<&str> {
    let errors = result["userErrors"].as_array().expect("user errors");
    errors.iter().map(|error| error["code"].as_str().expect("a code")).collect()
}

pub(crate) fn outcomes(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["outcome"].as_str().expect("an outcome")).collect()
}
