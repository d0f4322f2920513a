//! The blockers of the unit's delivery, read at each step of the walk.

use serde_json::{Value, json};
use uuid::Uuid;

use super::site::Site;
use crate::inspections::setup::text;

/// Asserts that exactly these blockers exist, each with its subject and its remedy; without any the unit is ready.
pub(super) async fn expect(site: &Site<'_>, login: &str, expected: &[(&str, Option<Uuid>)]) {
    let document = "query($id: ID!) { unit(id: $id) { readiness {
        ready blockers { code message clearedBy subjectId waived } } } }";
    let data = site.by(login).ok(document, json!({ "id": site.unit })).await;
    let readiness = &data["unit"]["readiness"];
    let blockers = readiness["blockers"].as_array().expect("blockers");
    let mut found: Vec<(String, Value)> =
        blockers.iter().map(|one| (text(&one["code"]), one["subjectId"].clone())).collect();
    let mut wanted: Vec<(String, Value)> =
        expected.iter().map(|(code, subject)| ((*code).to_owned(), json!(subject))).collect();
    for list in [&mut found, &mut wanted] {
        list.sort_by_key(|(code, subject)| (code.clone(), text(subject)));
    }
    assert_eq!(found, wanted);
    assert_eq!(readiness["ready"], expected.is_empty());
    for one in blockers {
        assert!(!text(&one["message"]).is_empty() && !text(&one["clearedBy"]).is_empty(), "{one:#}");
        assert_eq!(one["waived"], false);
    }
}

/// The blockers of open defects.
pub(super) fn open_defects(site: &Site<'_>, kinds: &[&str]) -> Vec<(&'static str, Option<Uuid>)> {
    kinds.iter().map(|kind| ("BLOCKING_DEFECT_OPEN", Some(site.defect(kind)))).collect()
}

/// The numbers of units of the project that are `[READY, BLOCKED, NOT_INSPECTED]`, by the overview.
pub(super) async fn overview(site: &Site<'_>) -> [i64; 3] {
    let document = "query($id: ID!) { project(id: $id) { overview { unitsByReadiness { readiness count } } } }";
    let data = site.by("mei").ok(document, json!({ "id": site.project })).await;
    let counts = data["project"]["overview"]["unitsByReadiness"].as_array().expect("counts").clone();
    ["READY", "BLOCKED", "NOT_INSPECTED"].map(|readiness| {
        let count = counts.iter().find(|count| count["readiness"] == readiness);
        count.and_then(|count| count["count"].as_i64()).unwrap_or(0)
    })
}
