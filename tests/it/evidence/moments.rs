//! A device's time is a hint for every command: an implausible one is replaced by the server's time, and the event says
//! so.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{defect, document, log, run};
use crate::inspections::setup::plan;
use crate::photos::pictures::some_jpeg;
use crate::photos::{CREATE, Shot};

/// A time before any project.
const YEAR_8: &str = "0008-03-01T00:00:00Z";
const EVENTS: &str = "query($id: ID!) { project(id: $id) {
    events(first: 20) { nodes { name timeDoubted occurredAt recordedAt } } } }";

/// Runs a command with a time in the year 8, and checks its event.
async fn check(app: &TestApp, command: &str, mut input: Value, event: &str) {
    let manager = app.user("manager").await;
    input["occurredAt"] = json!(YEAR_8);
    manager.ok(&document(command), json!({ "input": input })).await;
    let told = manager.ok(EVENTS, json!({ "id": app.project.id })).await["project"]["events"]["nodes"].clone();
    let found = told.as_array().expect("events").iter().find(|one| one["name"] == event).cloned();
    let found = found.unwrap_or_else(|| panic!("no {event}: {told:#}"));
    assert_eq!(found["timeDoubted"], json!(true), "{command}");
    assert_eq!(found["occurredAt"], found["recordedAt"], "{command}");
}

on_both_databases! {
    async fn time_before_the_project_is_replaced_by_the_servers_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let item = json!({ "code": "X", "roomType": "LIVING", "zh": "检查", "en": "Look" });
        let checklist = json!({ "checklistId": v7(), "projectId": app.project.id, "name": "Another", "items": [item] });
        check(&app, "checklistCreate", checklist, "CHECKLIST_CREATED").await;
        let mut round = plan(&app, 1, &["DEVELOPER"]);
        round["unitIds"] = json!([app.project.unit("1-101")]);
        let id = json!({ "roundId": round["roundId"] });
        check(&app, "roundCreate", round, "ROUND_CREATED").await;
        check(&app, "roundOpen", id.clone(), "ROUND_OPENED").await;
        check(&app, "roundClose", id, "ROUND_CLOSED").await;
        let units = json!({ "unitIds": [app.project.unit("1-101")], "reason": "the notice is out" });
        check(&app, "unitOpenToOwner", units.clone(), "UNIT_OPENED_TO_OWNER").await;
        check(&app, "unitCloseToOwner", units, "UNIT_CLOSED_TO_OWNER").await;

        let manager = app.user("manager").await;
        let defect = log(&app, &manager, "1-101", json!({})).await;
        let first = Shot::jpeg(some_jpeg());
        manager.ok(CREATE, first.input(defect, "BEFORE")).await;
        let other = Shot { id: first.id, ..Shot::jpeg(some_jpeg()) };
        check(&app, "photoUploadCreate", other.input(defect, "BEFORE")["input"].clone(), "PHOTO_DECLARED").await;
    }

    async fn due_time_after_a_worker_leaves_is_that_of_other_events(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        let id = log(&app, &site, "1-101", json!({})).await;
        run(&lead, "defectAssign", json!({ "defectId": id, "assigneeId": app.person_id("worker.a") })).await;
        let member = store::projects::membership(app.app.db.read(), app.project.id.into(), app.person_id("worker.a").into()).await;
        let member = member.expect("memberships").expect("a member");
        run(&lead, "membershipEnd", json!({ "membershipId": member.id, "reason": "left" })).await;
        let read = defect(&site, id, "dueAt events { name data }").await;
        let event = read["events"].as_array().and_then(|events| events.last()).expect("an event");
        assert_eq!((&event["name"], &event["data"]["dueAt"]), (&json!("DEFECT_ASSIGNEE_SET"), &read["dueAt"]));
        assert!(read["dueAt"].is_string());
    }
}
