//! Projects over HTTP: visibility, lists, set-up, and the number of statements of a screen.

mod opening;
mod pages;
mod policy;
mod rules;
mod statements;
mod strangers;
mod visibility;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use uuid::Uuid;

/// Logs a defect of a type in a room.
async fn log_defect(app: &TestApp, login: &str, unit: &str, room: &str, kind: &str) -> Uuid {
    let defect_id = v7();
    let input = json!({
        "defectId": defect_id, "unitId": app.project.unit(unit), "roomId": app.project.room(unit, room), "type": kind,
    });
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code message } } }";
    app.user(login).await.ok(document, json!({ "input": input })).await;
    defect_id
}

/// The texts of a field of each item of a list.
fn texts(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}
