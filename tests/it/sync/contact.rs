//! The client-made id of a device is no proof of being offline: contact of the same session counts for every device id.

use serde_json::json;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{Tablet, operation};
use crate::evidence::{defect, run};

/// A tablet with a separate session that the server knows.
async fn known(app: &TestApp) -> Tablet<'_> {
    let tablet = Tablet::of(app, "worker.a").await;
    let input = json!({ "deviceId": tablet.id, "projectId": app.project.id, "waiting": [] });
    run(&tablet.user, "deviceReport", input).await;
    tablet
}

/// Pushes a repair with the device's time; returns whether it is late.
async fn is_late(tablet: &Tablet<'_>, id: Uuid, occurred_at: &str) -> bool {
    let version = tablet.defect(id).await["version"].as_i64();
    let mut fixed = operation("defectReportFixed", json!({ "defectId": id, "attemptId": v7() }), version);
    fixed["occurredAt"] = json!(occurred_at);
    let result = tablet.push_one(&fixed).await;
    assert_eq!(result["outcome"], "APPLIED", "{result:#}");
    let told = defect(&tablet.user, id, "attempts { late timeDoubted }").await["attempts"][0].clone();
    assert_eq!(told["timeDoubted"], json!(false));
    told["late"] == json!(true)
}

on_both_databases! {
    async fn id_of_an_idle_tablet_gives_no_earlier_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        run(&manager, "projectPolicyUpdate", json!({ "projectId": app.project.id, "afterPhotoRequired": false })).await;
        let site = Tablet::of(&app, "site").await;
        let [honest, disguised, fresh] = [site.log("1-101").await, site.log("1-101").await, site.log("1-101").await];
        let start = app.app.clock.now();
        let due = start.plus_seconds(250).to_rfc3339();
        for id in [honest, disguised, fresh] {
            let input = json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": due });
            run(&site.user, "defectAssign", input).await;
        }
        let (busy, idle, second, third) = (known(&app).await, known(&app).await, known(&app).await, known(&app).await);
        app.advance_seconds(300);
        let comment = json!({ "defectId": honest, "commentId": v7(), "body": "on it", "visibility": "SHARED" });
        assert_eq!(busy.push_one(&operation("defectComment", comment, None)).await["outcome"], "APPLIED");
        app.advance_seconds(100);

        let occurred_at = start.plus_seconds(200).to_rfc3339();
        // The other tablet of the same person was offline.
        assert!(!is_late(&idle, honest, &occurred_at).await, "two tablets, each with a session of its own");
        // The session that was in contact sends the id of an idle tablet.
        let other_id = Tablet { id: second.id, ..busy };
        assert!(is_late(&other_id, disguised, &occurred_at).await, "the session was in contact under another id");
        // A new session sends the id of an idle tablet.
        let begun = Tablet { id: third.id, ..Tablet::of(&app, "worker.a").await };
        assert!(is_late(&begun, fresh, &occurred_at).await, "the person was in contact, and the session has no history");
    }
    async fn offline_repair_shows_the_time_of_the_work_and_of_the_push(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        run(&manager, "projectPolicyUpdate", json!({ "projectId": app.project.id, "afterPhotoRequired": false })).await;
        let site = Tablet::of(&app, "site").await;
        let id = site.log("1-101").await;
        let tablet = known(&app).await;
        let start = app.app.clock.now();
        app.advance_seconds(400);
        let (done, came) = (start.plus_seconds(200).to_rfc3339(), start.plus_seconds(400).to_rfc3339());
        assert!(!is_late(&tablet, id, &done).await);
        let told = defect(&site.user, id, "attempts { occurredAt recordedAt timeDoubted }
            events { name occurredAt recordedAt timeDoubted }").await;
        let both = json!({ "occurredAt": done, "recordedAt": came, "timeDoubted": false });
        assert_eq!(told["attempts"], json!([both]));
        let events = told["events"].as_array().expect("events");
        let mut event = events.iter().find(|event| event["name"] == "DEFECT_REPORTED_FIXED").expect("reported").clone();
        event.as_object_mut().expect("fields").remove("name");
        assert_eq!(event, both, "and so does the history");
    }
}
