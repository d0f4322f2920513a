//! The project's policy: changed by the delivery manager only, always valid, and applied to present defects.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::log_defect;

const UPDATE: &str = "mutation($input: ProjectPolicyUpdateInput!) { projectPolicyUpdate(input: $input) {
    project { version policy { verification verifyingParties afterPhotoRequired escalateAfterFailedAttempts
        daysBySeverity { severity days } blockingSeverities skipDaysOff weekdaysOff holidays workingDays } }
    userErrors { code message field } } }";

async fn update(app: &TestApp, change: Value) -> Value {
    let data = app.user("manager").await.ok(UPDATE, input(app, change)).await;
    data["projectPolicyUpdate"]["project"].clone()
}

fn input(app: &TestApp, change: Value) -> Value {
    let mut input = json!({ "projectId": app.project.id });
    for (name, value) in change.as_object().expect("fields") {
        input[name] = value.clone();
    }
    json!({ "input": input })
}

/// A defect of contractor A that was reported fixed and has a pass of one party.
async fn passed_by(app: &TestApp, login: &str) -> Uuid {
    let defect_id = log_defect(app, "site", "1-101", "LIVING", "WALL.CRACK").await;
    let fixed = "mutation($input: DefectReportFixedInput!) {
        defectReportFixed(input: $input) { userErrors { code message } } }";
    let report = json!({ "input": { "defectId": defect_id, "attemptId": v7() } });
    app.user("worker.a").await.ok(fixed, report).await;
    let verify = "mutation($input: DefectVerifyInput!) { defectVerify(input: $input) { userErrors { code message } } }";
    let verdict = json!({ "input": { "defectId": defect_id, "verdictId": v7(), "passed": true } });
    app.user(login).await.ok(verify, verdict).await;
    defect_id
}

async fn status(app: &TestApp, defect_id: Uuid) -> Value {
    let document = "query($id: ID!) { defect(id: $id) { status closedAt attempts { status } } }";
    let data = app.user("manager").await.ok(document, json!({ "id": defect_id })).await;
    let defect = &data["defect"];
    assert_eq!(defect["closedAt"].is_null(), defect["status"] != "CLOSED", "{defect}");
    assert_eq!(defect["attempts"][0]["status"] == "PASSED", defect["status"] == "CLOSED", "{defect}");
    defect["status"].clone()
}

/// The escalations of a defect after this many consecutive failed attempts.
async fn escalations(app: &TestApp, fails: usize) -> usize {
    let defect_id = log_defect(app, "site", "1-101", "LIVING", "WALL.CRACK").await;
    let fixed = "mutation($input: DefectReportFixedInput!) {
        defectReportFixed(input: $input) { userErrors { code message } } }";
    let verify = "mutation($input: DefectVerifyInput!) { defectVerify(input: $input) { userErrors { code message } } }";
    for _ in 0..fails {
        let report = json!({ "input": { "defectId": defect_id, "attemptId": v7() } });
        app.user("worker.a").await.ok(fixed, report).await;
        let verdict = json!({ "defectId": defect_id, "verdictId": v7(), "passed": false, "note": "still cracked" });
        app.user("site").await.ok(verify, json!({ "input": verdict })).await;
    }
    let events = "query($id: ID!) { defect(id: $id) { events { name } } }";
    let data = app.user("manager").await.ok(events, json!({ "id": defect_id })).await;
    super::texts(&data["defect"]["events"], "name").iter().filter(|name| *name == "DEFECT_ESCALATED").count()
}

on_both_databases! {
    async fn defect_is_escalated_once_at_the_limit_of_failed_attempts(db: TestDb) {
        let app = TestApp::start(&db).await;
        update(&app, json!({ "afterPhotoRequired": false, "escalateAfterFailedAttempts": 2 })).await;
        assert_eq!(escalations(&app, 1).await, 0);
        assert_eq!(escalations(&app, 3).await, 1);
    }

    async fn each_field_of_the_policy_is_changed_separately(db: TestDb) {
        let app = TestApp::start(&db).await;
        let project = update(&app, json!({
            "expectedVersion": 1, "verification": "ALL", "verifyingParties": ["SUPERVISOR", "PROPERTY"],
            "afterPhotoRequired": false, "escalateAfterFailedAttempts": 2,
            "daysBySeverity": [{ "severity": "MINOR", "days": 4 }], "blockingSeverities": ["CRITICAL"],
            "skipDaysOff": true, "weekdaysOff": [7], "holidays": ["2026-10-01"], "workingDays": ["2026-10-10"],
        })).await;
        let days = |minor: u32| json!([
            { "severity": "CRITICAL", "days": 3 }, { "severity": "MAJOR", "days": 7 },
            { "severity": "MINOR", "days": minor }, { "severity": "COSMETIC", "days": 15 },
        ]);
        let mut expected = json!({
            "verification": "ALL", "verifyingParties": ["SUPERVISOR", "PROPERTY"], "afterPhotoRequired": false,
            "escalateAfterFailedAttempts": 2, "daysBySeverity": days(4), "blockingSeverities": ["CRITICAL"],
            "skipDaysOff": true, "weekdaysOff": [7], "holidays": ["2026-10-01"], "workingDays": ["2026-10-10"],
        });
        assert_eq!(project, json!({ "version": 2, "policy": expected }));

        // Left out = unchanged, null = the default.
        let change = json!({ "daysBySeverity": null, "holidays": null, "verifyingParties": null });
        let project = update(&app, change.clone()).await;
        expected["daysBySeverity"] = days(10);
        expected["holidays"] = json!([]);
        expected["verifyingParties"] = json!(["DEVELOPER", "SUPERVISOR"]);
        assert_eq!(project, json!({ "version": 3, "policy": expected }));
        assert_eq!(update(&app, change).await["version"], 3, "no change and no event");

        let events = "query($id: ID!) { project(id: $id) { events(first: 2) { nodes { name reason data person { name } } } } }";
        let data = app.user("supervisor").await.ok(events, json!({ "id": app.project.id })).await;
        let event = &data["project"]["events"]["nodes"][0];
        assert_eq!((&event["name"], &event["person"]["name"]), (&json!("POLICY_UPDATED"), &json!("manager by name")));
        assert_eq!(event["data"]["holidays"], json!({ "from": ["2026-10-01"], "to": [] }));
        assert!(event["data"].get("verification").is_none(), "{event}");
    }

    async fn invalid_policy_is_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        for change in [
            json!({ "verifyingParties": [] }),
            json!({ "verifyingParties": ["CONTRACTOR"] }),
            json!({ "verifyingParties": ["SUPERVISOR", "CUSTOMER"] }),
            json!({ "escalateAfterFailedAttempts": 0 }),
            json!({ "escalateAfterFailedAttempts": -1 }),
            json!({ "daysBySeverity": [{ "severity": "MINOR", "days": -1 }] }),
            json!({ "photoRetentionMonths": -1 }),
            json!({ "dailyQuota": { "photos": -1 } }),
            json!({ "ownerDailyQuota": { "comments": -1, "defects": 5 } }),
            json!({ "daysBySeverity": [{ "severity": "MINOR", "days": 4000 }] }),
            json!({ "daysBySeverity": [{ "severity": "MINOR", "days": 0 }] }),
            json!({ "daysBySeverity": [{ "severity": "MINOR", "days": 4 }, { "severity": "MINOR", "days": 5 }] }),
            json!({ "blockingSeverities": ["MAJOR", "MAJOR"] }),
            json!({ "holidays": ["2026-10-01", "2026-10-02"], "workingDays": ["2026-10-02"] }),
            json!({ "weekdaysOff": [0] }),
            json!({ "weekdaysOff": [263] }),
            json!({ "weekdaysOff": [1, 2, 3, 4, 5, 6, 7] }),
        ] {
            assert_eq!(manager.refused(UPDATE, input(&app, change.clone())).await, ["INVALID_VALUE"], "{change}");
        }
        let two = json!({ "verifyingParties": [], "weekdaysOff": [9] });
        let answer = manager.query(UPDATE, input(&app, two)).await;
        let errors = answer["data"]["projectPolicyUpdate"]["userErrors"].as_array().expect("errors").clone();
        let fields: Vec<&Value> = errors.iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, [&json!(["verifyingParties"]), &json!(["weekdaysOff"])]);
        assert_eq!(manager.refused(UPDATE, input(&app, json!({ "expectedVersion": 2 }))).await, ["STALE_VERSION"]);
        let stale = manager.query(UPDATE, input(&app, json!({ "expectedVersion": 2 }))).await;
        assert_eq!(stale["data"]["projectPolicyUpdate"]["project"]["version"], 1, "as it is now: {stale}");

        let change = json!({ "skipDaysOff": true });
        for login in ["site", "relations", "supervisor", "property", "lead.a", "worker.b"] {
            let codes = app.user(login).await.refused(UPDATE, input(&app, change.clone())).await;
            assert_eq!(codes, ["ROLE_NOT_ALLOWED"], "{login}");
        }
        assert_eq!(app.user("owner1").await.refused(UPDATE, input(&app, change.clone())).await, ["NOT_FOUND"]);
        assert_eq!(app.user("root").await.refused(UPDATE, input(&app, change.clone())).await, ["NOT_FOUND"]);
        assert_eq!(app.nobody().refused(UPDATE, input(&app, change)).await, ["UNAUTHENTICATED"]);
    }

    async fn defects_with_all_passes_of_a_new_policy_are_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        update(&app, json!({ "verification": "ALL", "afterPhotoRequired": false })).await;
        let by_supervisor = passed_by(&app, "supervisor").await;
        let by_developer = passed_by(&app, "site").await;
        assert_eq!(status(&app, by_supervisor).await, "FIXED");
        assert_eq!(status(&app, by_developer).await, "FIXED");

        update(&app, json!({ "verifyingParties": ["SUPERVISOR"] })).await;
        assert_eq!(status(&app, by_supervisor).await, "CLOSED");
        assert_eq!(status(&app, by_developer).await, "FIXED", "the developer's pass is not asked for");

        update(&app, json!({ "verification": "ANY_ONE" })).await;
        assert_eq!(status(&app, by_developer).await, "CLOSED");
        let events = "query($id: ID!) { defect(id: $id) { events { name from to data } } }";
        let data = app.user("manager").await.ok(events, json!({ "id": by_developer })).await;
        let last = data["defect"]["events"].as_array().and_then(|events| events.last()).cloned().expect("events");
        assert_eq!((&last["from"], &last["to"]), (&json!("FIXED"), &json!("CLOSED")));
        assert_eq!(last["data"]["byPolicy"], true);
    }
}
