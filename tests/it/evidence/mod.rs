//! Evidence: the content of signatures, the photos of repairs, and late records.

mod clock;
mod content;
mod escalation;
mod gate;
mod late;
mod lineage;
mod metrics;
mod moments;
mod photos;
mod recount;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

/// Logs a defect of plaster, which is contractor A's, with more input; answers its id.
pub(crate) async fn log(app: &TestApp, user: &User<'_>, unit: &str, more: Value) -> Uuid {
    let id = v7();
    let mut input = json!({ "defectId": id, "unitId": app.project.unit(unit), "type": "WALL.CRACK" });
    for (field, value) in more.as_object().into_iter().flatten() {
        input[field] = value.clone();
    }
    run(user, "defectLog", input).await;
    id
}

/// Runs a command by name that must succeed.
pub(crate) async fn run(user: &User<'_>, name: &str, input: Value) {
    user.ok(&document(name), json!({ "input": input })).await;
}

/// Runs a command by name that must be refused and change nothing; returns the codes.
pub(crate) async fn refused(user: &User<'_>, name: &str, input: Value) -> Vec<String> {
    user.refused(&document(name), json!({ "input": input })).await
}

pub(crate) fn document(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {input}!) {{ answer: {name}(input: $input) {{ userErrors {{ code message field }} }} }}")
}

/// Fields of a defect as a person reads them.
pub(crate) async fn defect(user: &User<'_>, id: Uuid, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ defect(id: $id) {{ {fields} }} }}");
    user.ok(&document, json!({ "id": id })).await["defect"].clone()
}

/// The ids of the project's defects that match a filter, as a person reads them.
pub(crate) async fn matching(app: &TestApp, user: &User<'_>, filter: Value) -> Vec<Uuid> {
    let document = "query($id: ID!, $filter: DefectFilter) { project(id: $id) {
        defectCount(filter: $filter) defects(filter: $filter, first: 100, orderBy: { field: NUMBER }) { nodes { id } } } }";
    let found = user.ok(document, json!({ "id": app.project.id, "filter": filter })).await["project"].clone();
    let nodes = found["defects"]["nodes"].as_array().expect("nodes");
    assert_eq!(found["defectCount"], json!(nodes.len()), "the count and the list say the same");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").parse().expect("a UUID")).collect()
}
