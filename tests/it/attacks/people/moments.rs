//! A time of before makes nobody the person of before: a single command counts for the company of now, or is refused.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{OWN, document, end, log_defect, on_defect, set};
use crate::attacks::credentials::scene::{ACCEPT, invited, staff};
use crate::inspections::ground::Round;
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;
use crate::sync::log_input;

/// The variables of a command that was done at a moment.
fn done_at(mut input: Value, at: domain::Timestamp) -> Value {
    input["occurredAt"] = json!(at.to_rfc3339());
    json!({ "input": input })
}

/// A new defect of a unit, found at a moment.
fn found_at(app: &TestApp, unit: &str, at: domain::Timestamp) -> Value {
    done_at(log_input(app, v7(), unit), at)
}

on_both_databases! {
    async fn work_for_the_company_of_before_is_no_single_command(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&site, &app, "1-101").await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let changed = app.app.clock.now();
        app.advance_seconds(60);
        let site = app.user("site").await;
        let words = |visibility: &str| json!({ "defectId": defect, "commentId": v7(), "body": "wet", "visibility": visibility });
        for (command, input) in [
            ("defectLog", log_input(&app, v7(), "1-101")),
            ("defectComment", words("INTERNAL")),
            ("defectHold", json!({ "defectId": defect, "reason": "no paint" })),
            ("photoUploadCreate", Shot::jpeg(some_jpeg()).input(defect, "BEFORE")["input"].clone()),
            ("unitInspectionStart", json!({ "inspectionId": round.inspection("1-101") })),
        ] {
            assert_eq!(site.refused(&document(command), done_at(input, then)).await, ["INVALID_VALUE"], "{command}");
        }
        let answer = site.query(&document("defectLog"), found_at(&app, "1-101", then)).await;
        assert_eq!(answer["data"]["defectLog"]["userErrors"][0]["field"], json!(["occurredAt"]), "{answer}");
        // What was done since, or at a time that is left out, is the supervisor's.
        on_defect(&site, "defectComment", defect, json!({ "commentId": v7(), "body": "dry", "visibility": "INTERNAL" })).await;
        site.ok(&document("defectLog"), found_at(&app, "1-101", changed)).await;
        // A clock that shows a time before any role stops nobody.
        let early = domain::Timestamp::from_rfc3339("2026-02-20T08:00:00Z").expect("a moment");
        site.ok(&document("defectLog"), found_at(&app, "1-101", early)).await;
    }

    async fn another_role_of_one_company_is_no_other_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "site", None, "DELIVERY_MANAGER").await;
        app.user("site").await.ok(&document("defectLog"), found_at(&app, "1-101", then)).await;
    }

    async fn an_owner_of_before_finds_nothing_for_a_company_nor_staff_of_before_as_an_owner(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (relations, root) = (app.user("relations").await, app.user("root").await);
        app.open_to_owner(app.project.unit("1-101")).await;
        log_defect(&app.user("owner1").await, &app, "1-101").await;
        let then = app.app.clock.now();
        app.advance_seconds(3_600);
        let (token, _) = invited(&root, staff(&app, "owner1", "SUP", "SUPERVISING_ENGINEER")).await;
        app.user("owner1").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        let owner = app.user("owner1").await;
        assert_eq!(owner.refused(&document("defectLog"), found_at(&app, "1-101", then)).await, ["INVALID_VALUE"]);
        log_defect(&owner, &app, "1-101").await;
        // The other way round.
        let home = app.project.unit("1-201");
        let buys = json!({ "unitId": home, "add": { "ownershipId": v7(), "personId": app.person_id("worker.a") } });
        relations.ok(OWN, json!({ "input": buys })).await;
        end(&app, "worker.a").await;
        app.open_to_owner(home).await;
        let worker = app.user("worker.a").await;
        assert_eq!(worker.refused(&document("defectLog"), found_at(&app, "1-201", then)).await, ["INVALID_VALUE"]);
        log_defect(&worker, &app, "1-201").await;
    }
}
