//! Realistic inputs of a push: the fault of one operation affects no other, a device's clock is a hint, and another
//! person on the same device is another person.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{PUSH, Tablet, codes, describe, log_input, operation, outcomes};
use crate::inspections::setup::{PLACES, Round};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

const ATTEMPTS: &str = "query($id: ID!) { defect(id: $id) { version occurredAt fixedAt
    attempts { late timeDoubted occurredAt recordedAt } events { name timeDoubted occurredAt recordedAt } } }";

/// The same operation with a text in a field of its input.
fn with(app: &TestApp, field: &str, value: &str) -> Value {
    let mut input = log_input(app, v7(), "1-101");
    input[field] = json!(value);
    operation("defectLog", input, None)
}

on_both_databases! {
    async fn nul_character_is_refused_for_good_and_stops_no_other_operation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let good = || with(&app, "description", "a");
        let mut unknown_command = good();
        unknown_command["command"] = json!({ "paint\u{0}": { "a": "b\u{0}" } });
        let mut operations = vec![
            good(),
            with(&app, "description", "b\u{0}"),
            with(&app, "type", "WALL\u{0}CRACK"),
            with(&app, "colour\u{0}", "blue"),
            unknown_command,
            operation("defectHold", json!({ "defectId": v7(), "reason": "\u{0}" }), Some(1)),
            good(),
        ];
        operations[5]["occurredAt"] = json!("\u{0}");
        for outcome in ["APPLIED", "ALREADY_APPLIED"] {
            let results = site.push(&operations).await;
            let refused = "REJECTED";
            assert_eq!(outcomes(&results), [outcome, refused, refused, refused, refused, refused, outcome], "{results:#?}");
            let told: Vec<&str> = results.iter().flat_map(codes).collect();
            assert_eq!(told, ["TEXT_INVALID", "TEXT_INVALID", "OPERATION_UNREADABLE", "OPERATION_UNREADABLE", "TEXT_INVALID"]);
        }
    }

    async fn fault_of_one_text_affects_no_other_operation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let operations = [with(&app, "description", "whole"), with(&app, "description", "CUT"), with(&app, "description", "end")];
        let input = json!({ "deviceId": site.id, "operations": operations });
        let body = json!({ "query": PUSH, "variables": { "input": input } }).to_string();
        for cut in [&b"cut \\ud83d"[..], b"cut \xE4\xF6", b"cut \x01\n", b"\\x41"] {
            let mut bytes = body.clone().into_bytes();
            let at = body.find("CUT").expect("there");
            bytes.splice(at..at + 3, cut.iter().copied());
            // New operations.
            let text = with_fresh_ids(&bytes, &operations);
            let answer = app
                .client()
                .post(app.url("/graphql"))
                .bearer_auth(site.user.token().await)
                .header("content-type", "application/json")
                .body(text)
                .send()
                .await
                .expect("an answer");
            let answer: Value = answer.json().await.expect("JSON");
            let results = answer["data"]["syncPush"]["results"].as_array().unwrap_or_else(|| panic!("{answer:#}")).clone();
            let told = outcomes(&results);
            assert!(told[0].ends_with("APPLIED") && told[2].ends_with("APPLIED"), "{results:#?}");
        }
    }

    async fn another_person_on_the_same_tablet_is_another_author(db: TestDb) {
        let app = TestApp::start(&db).await;
        let ana = Tablet::of(&app, "site").await;
        let bea = Tablet { id: ana.id, ..Tablet::of(&app, "manager").await };
        let id = ana.log("1-101").await;
        assert_eq!(ana.push_one(&describe(id, "ana", 1)).await["outcome"], "APPLIED");
        let theirs = bea.push_one(&describe(id, "bea", 1)).await;
        assert_eq!((&theirs["outcome"], codes(&theirs)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]));
        assert_eq!(ana.push_one(&describe(id, "ana again", 1)).await["outcome"], "APPLIED", "the same person has seen it");

        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let inspection = round.inspection("1-101");
        let record = |result: &str, note: &str| {
            let results = json!([round.result("1-101", PLACES[0], result, Some(note))]);
            operation("checkResultsRecord", json!({ "inspectionId": inspection, "results": results }), Some(1))
        };
        assert_eq!(ana.push_one(&record("FAIL", "ana")).await["outcome"], "APPLIED");
        let theirs = bea.push_one(&record("PASS", "bea")).await;
        assert_eq!((&theirs["outcome"], &theirs["conflict"][0]["field"]), (&json!("CONFLICT"), &json!("results")));
    }

    async fn outdated_annotation_overwrites_no_other(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, bea) = (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await);
        let defect = ana.log("1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &ana.user, defect, "BEFORE").await;
        let version = ana.user.ok("query($id: ID!) { photo(id: $id) { version } }", json!({ "id": shot.id })).await;
        let seen = version["photo"]["version"].as_i64();
        let draw = |x: f64| {
            let words = json!({ "at": { "x": x, "y": 0.5 }, "text": "Here" });
            operation("photoMark", json!({ "photoId": shot.id, "shapes": [{ "text": words }] }), seen)
        };
        assert_eq!(ana.push_one(&draw(0.2)).await["outcome"], "APPLIED");
        let theirs = bea.push_one(&draw(0.8)).await;
        assert_eq!((&theirs["outcome"], &theirs["conflict"][0]["field"]), (&json!("CONFLICT"), &json!("shapes")));
        assert_ne!(theirs["conflict"][0]["yours"], theirs["conflict"][0]["theirs"]);
        assert_eq!(ana.push_one(&draw(0.3)).await["outcome"], "APPLIED", "the own one");
        // An annotation that another person removed is not drawn again without notice.
        let off = operation("photoMark", json!({ "photoId": shot.id, "shapes": [] }), seen.map(|seen| seen + 2));
        assert_eq!(bea.push_one(&off).await["outcome"], "APPLIED");
        assert_eq!(ana.push_one(&draw(0.4)).await["outcome"], "CONFLICT");
    }

    async fn clock_of_a_device_is_a_hint(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        for at in ["2026-03-04T09:00:00 PM", "٢٠٢٦-٠٣-٠٤T٠٩:٠٠:٠٠Z", "9999-12-31T23:59:59Z", "2026-03-04 09:00:00", "gestern", "0008-01-01T00:00:00Z"] {
            let id = v7();
            let mut operation = operation("defectLog", log_input(&app, id, "1-101"), None);
            operation["occurredAt"] = json!(at);
            operation["command"]["defectLog"]["occurredAt"] = json!(at);
            assert_eq!(site.push_one(&operation).await["outcome"], "APPLIED", "{at}");
            let told = site.user.ok(ATTEMPTS, json!({ "id": id })).await["defect"]["events"][0].clone();
            assert_eq!(told["occurredAt"], told["recordedAt"], "{at}");
            assert_eq!(told["timeDoubted"], json!(true), "{at}");
        }
    }

    async fn time_of_the_device_counts_for_lateness_only_if_it_was_offline(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        for (heard_of, at, late, doubted) in [
            // The device is unknown: an id that is made up for one push is no proof of being offline.
            (None, 3_600, true, false),
            // The device was in contact after that time, so it could have reported.
            (Some(7_200), 3_600, true, false),
            // The device was in contact only before.
            (Some(1_800), 3_600, false, false),
            // A clock that was never set.
            (None, -2_000_000_000, true, true),
        ] {
            let worker = Tablet::of(&app, "worker.a").await;
            let id = site.log("1-101").await;
            let start = app.app.clock.now();
            let assign = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) { userErrors { code } } }";
            let due = start.plus_seconds(10_800).to_rfc3339();
            let company = app.project.company("A");
            site.user.ok(assign, json!({ "input": { "defectId": id, "companyId": company, "dueAt": due } })).await;
            let shot = Shot::jpeg(some_jpeg());
            shot.take(&app, &worker.user, id, "AFTER").await;
            if let Some(seconds) = heard_of {
                app.advance_seconds(seconds);
                let report = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) { userErrors { code } } }";
                let input = json!({ "deviceId": worker.id, "projectId": app.project.id, "waiting": [] });
                worker.user.ok(report, json!({ "input": input })).await;
            }
            app.advance_seconds(20_000 - heard_of.unwrap_or(0));
            let version = worker.user.ok(ATTEMPTS, json!({ "id": id })).await["defect"]["version"].as_i64();
            let input = json!({ "defectId": id, "attemptId": v7(), "photoIds": [shot.id] });
            let mut fixed = operation("defectReportFixed", input, version);
            fixed["occurredAt"] = json!(start.plus_seconds(at).to_rfc3339());
            assert_eq!(worker.push_one(&fixed).await["outcome"], "APPLIED");
            let told = site.user.ok(ATTEMPTS, json!({ "id": id })).await["defect"].clone();
            let attempt = &told["attempts"][0];
            assert_eq!((&attempt["late"], &attempt["timeDoubted"]), (&json!(late), &json!(doubted)), "{heard_of:?} {at}");
            assert!(told["fixedAt"].as_str() >= told["occurredAt"].as_str(), "{told:#}");
        }
    }
}

/// The body with other ids of its operations and objects, so that it is another push.
fn with_fresh_ids(body: &[u8], operations: &[Value]) -> Vec<u8> {
    let mut body = body.to_vec();
    for operation in operations {
        for id in [&operation["operationId"], &operation["command"]["defectLog"]["defectId"]] {
            let id = id.as_str().expect("an id").as_bytes();
            let fresh = v7().to_string();
            while let Some(at) = body.windows(id.len()).position(|some| some == id) {
                body.splice(at..at + id.len(), fresh.bytes());
            }
        }
    }
    body
}
