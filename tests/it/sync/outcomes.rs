//! Outcomes of operations.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{Tablet, codes, describe, log_input, operation, outcomes};
use crate::inspections::setup::Round;

on_both_databases! {
    async fn repeated_operation_is_answered_as_before(db: TestDb) {
        let app = TestApp::start(&db).await;
        let tablet = Tablet::of(&app, "site").await;
        let id = v7();
        let log = operation("defectLog", log_input(&app, id, "1-101"), None);
        let comment = operation("defectComment", json!({
            "defectId": id, "commentId": v7(), "body": "wet", "visibility": "SHARED" }), None);
        let refused = operation("defectVerify", json!({ "defectId": id, "verdictId": v7(), "passed": true }), Some(1));
        let all = [log.clone(), comment, refused];
        let first = tablet.push(&all).await;
        assert_eq!(outcomes(&first), ["APPLIED", "APPLIED", "REJECTED"], "{first:#?}");
        assert_eq!(codes(&first[2]), ["WRONG_STATE"]);
        assert_eq!(first[0]["object"]["id"], json!(id));
        for _ in 0..2 {
            let again = tablet.push(&all).await;
            assert_eq!(outcomes(&again), ["ALREADY_APPLIED", "ALREADY_APPLIED", "REJECTED"]);
            assert_eq!(codes(&again[2]), ["WRONG_STATE"]);
        }
        assert_eq!(tablet.defect(id).await["comments"].as_array().map(Vec::len), Some(1));

        // The same id with another payload is refused, and another person gets no answer of it.
        let mut other = log.clone();
        other["command"]["defectLog"]["type"] = json!("WALL.STAIN");
        assert_eq!(codes(&tablet.push_one(&other).await), ["OPERATION_ID_REUSED"]);
        let stranger = Tablet::of(&app, "supervisor").await;
        let theirs = stranger.push_one(&log).await;
        assert_eq!((codes(&theirs), &theirs["object"]), (vec!["OPERATION_ID_REUSED"], &Value::Null));
    }

    async fn changes_of_different_fields_merge_and_of_the_same_field_are_parked(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, sun) = (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await);
        let id = ana.log("1-101").await;
        let base = ana.defect(id).await["version"].as_i64().expect("a version");
        // Both saw the same version in the basement.
        assert_eq!(ana.push_one(&describe(id, "ana says", base)).await["outcome"], "APPLIED");
        let severe = operation("defectUpdate", json!({ "defectId": id, "severity": "CRITICAL" }), Some(base));
        assert_eq!(sun.push_one(&severe).await["outcome"], "MERGED");
        let both = operation("defectUpdate", json!({
            "defectId": id, "description": "sun says", "pin": { "x": 0.5, "y": 0.25 } }), Some(base));
        let result = sun.push_one(&both).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["FIELD_CHANGED"]));
        let conflict = &result["conflict"][0];
        assert_eq!((&conflict["yours"], &conflict["theirs"]), (&json!("sun says"), &json!("ana says")));
        assert_eq!(conflict["changedBy"]["id"], json!(ana.user.id));
        assert!(conflict["changedAt"].is_string());
        assert_eq!(result["pendingEdit"]["input"], json!({ "defectId": id, "description": "sun says" }));
        let now = sun.defect(id).await;
        assert_eq!((&now["description"], &now["severity"]), (&json!("ana says"), &json!("CRITICAL")));
        assert_eq!(sun.push_one(&both).await["pendingEdit"]["id"], result["pendingEdit"]["id"], "the same answer again");
    }

    async fn operation_without_a_version_overwrites_no_other_change(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, sun) = (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await);
        let id = ana.log("1-101").await;
        let says = |words: &str| operation("defectUpdate", json!({ "defectId": id, "description": words }), None);
        assert_eq!(ana.push_one(&says("ana says")).await["outcome"], "APPLIED", "no other person has changed it");
        let result = sun.push_one(&says("sun says")).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["FIELD_CHANGED"]));
        assert_eq!(ana.defect(id).await["description"], "ana says");
        let apply = "mutation($id: ID!) { pendingEditApply(input: { pendingEditId: $id }) { userErrors { code } } }";
        app.user("manager").await.ok(apply, json!({ "id": result["pendingEdit"]["id"] })).await;
        assert_eq!(ana.defect(id).await["description"], "sun says");
    }

    async fn device_does_not_conflict_with_itself(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = Tablet::of(&app, "lead.a").await;
        let site = Tablet::of(&app, "site").await;
        let id = site.log("1-101").await;
        let said = site.push(&[describe(id, "first", 1), describe(id, "second", 1)]).await;
        assert_eq!(outcomes(&said), ["APPLIED", "APPLIED"]);
        let version = lead.defect(id).await["version"].as_i64();
        let start = operation("defectStart", json!({ "defectId": id }), version);
        let photo = v7();
        let declare = operation("photoUploadCreate", json!({
            "photoId": photo, "sha256": "ab".repeat(32), "byteSize": 1000, "contentType": "image/jpeg",
            "subject": { "defectId": id }, "stage": "AFTER", "deviceId": lead.id }), None);
        let fixed = operation("defectReportFixed", json!({
            "defectId": id, "attemptId": v7(), "photoIds": [photo] }), version);
        let done = lead.push(&[start, declare, fixed]).await;
        assert_eq!(outcomes(&done), ["APPLIED", "APPLIED", "APPLIED"], "{done:#?}");
        assert_eq!(site.defect(id).await["status"], "FIXED");
    }

    async fn verdict_on_a_repair_that_was_sent_back_meanwhile_is_parked(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, sun, lead) =
            (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await, Tablet::of(&app, "lead.a").await);
        app.user("manager").await.ok("mutation($id: ID!) { projectPolicyUpdate(input: {
            projectId: $id, afterPhotoRequired: false }) { userErrors { code } } }", json!({ "id": app.project.id })).await;
        let id = site.log("1-101").await;
        let fix = |n: i64| operation("defectReportFixed", json!({ "defectId": id, "attemptId": v7() }), Some(n));
        let judge = |passed: bool, n: Option<i64>| operation("defectVerify", json!({
            "defectId": id, "verdictId": v7(), "passed": passed, "note": "looked" }), n);
        let version = async |tablet: &Tablet<'_>| tablet.defect(id).await["version"].as_i64();
        lead.push_one(&fix(1)).await;
        let seen = version(&sun).await;
        assert_eq!(site.push_one(&judge(false, seen)).await["outcome"], "APPLIED");
        lead.push_one(&fix(version(&lead).await.expect("a version"))).await;
        // The supervisor's pass was for the first attempt, so it does not count for the second one that waits now.
        let result = sun.push_one(&judge(true, seen)).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["MOVED_ON"]));
        assert_eq!(result["pendingEdit"]["reason"], "STATE_MOVED_ON");
        assert_eq!(sun.defect(id).await["status"], "FIXED");
        // An author who saw the newest version and is refused made a mistake: nothing is parked.
        let newest = version(&site).await;
        let start = operation("defectResume", json!({ "defectId": id }), newest);
        let refused = site.push_one(&start).await;
        assert_eq!((refused["outcome"].as_str(), &refused["pendingEdit"]), (Some("REJECTED"), &Value::Null));
    }

    async fn conflicting_results_of_one_company_are_parked_and_the_rest_is_applied(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let record = |results: Vec<Value>, base: i64| operation("checkResultsRecord", json!({
            "inspectionId": round.inspection("1-101"), "results": results }), Some(base));
        let pass = |place| round.result("1-101", place, "PASS", None);
        let fail = |place| round.result("1-101", place, "FAIL", Some("cracked"));
        let (one, two) = (("LIVING", "LIV-1"), ("BED", "BED-1"));
        assert_eq!(site.push_one(&record(vec![pass(one)], 1)).await["outcome"], "APPLIED");
        let result = manager.push_one(&record(vec![fail(one), fail(two)], 1)).await;
        assert_eq!(result["outcome"], "CONFLICT", "{result:#}");
        assert_eq!(result["pendingEdit"]["input"]["results"], json!([fail(one)]));
        let document = "query($id: ID!) { unitInspection(id: $id) { results { item { code } result } } }";
        let read = manager.user.ok(document, json!({ "id": round.inspection("1-101") })).await;
        let results = read["unitInspection"]["results"].as_array().expect("results");
        let of = |code| results.iter().find(|row| row["item"]["code"] == code).map(|row| row["result"].clone());
        assert_eq!((of("LIV-1"), of("BED-1")), (Some(json!("PASS")), Some(json!("FAIL"))));
        // The same device continues, and the same value is no conflict.
        assert_eq!(site.push_one(&record(vec![fail(one)], 1)).await["outcome"], "APPLIED");
        let same = manager.push_one(&record(vec![fail(one)], 1)).await;
        assert_eq!(same["outcome"], "APPLIED", "{same:#}");
    }

    async fn work_that_arrives_after_the_round_was_closed_is_parked(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = Tablet::of(&app, "site").await;
        let close = json!({ "input": { "roundId": round.id } });
        app.user("manager").await.ok(crate::inspections::setup::ROUND_CLOSE, close).await;
        let record = operation("checkResultsRecord", json!({
            "inspectionId": round.inspection("1-101"), "results": round.all("1-101", "PASS") }), None);
        let id = v7();
        let results = site.push(&[record, operation("defectLog", log_input(&app, id, "1-101"), None)]).await;
        assert_eq!(outcomes(&results), ["CONFLICT", "APPLIED"]);
        assert_eq!(codes(&results[0]), ["ROUND_NOT_OPEN"]);
        assert_eq!(results[0]["pendingEdit"]["reason"], "STATE_MOVED_ON");
    }

    async fn operation_that_depends_on_a_refused_one_says_so(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let id = v7();
        let mut wrong = log_input(&app, id, "1-101");
        wrong["type"] = json!("NO.SUCH");
        let log = operation("defectLog", wrong, None);
        let comment = operation("defectComment", json!({
            "defectId": id, "commentId": v7(), "body": "wet", "visibility": "SHARED" }), None);
        let results = site.push(&[log.clone(), comment, describe(id, "wet", 1)]).await;
        assert_eq!(outcomes(&results), ["REJECTED"; 3]);
        assert_eq!(codes(&results[0]), ["INVALID_CODE"]);
        for result in &results[1..] {
            assert_eq!(codes(result), ["DEPENDENCY_FAILED"]);
            let message = result["userErrors"][0]["message"].as_str().expect("a message");
            assert!(message.contains(log["operationId"].as_str().expect("an id")), "{message}");
        }
        // All of it is listed for its author afterwards, too.
        let document = "{ syncOperations(outcomes: [REJECTED], first: 10) { nodes { id command userErrors { code } } } }";
        let told = site.user.read(document, json!({})).await;
        let told = told["syncOperations"]["nodes"].as_array().expect("nodes").clone();
        assert_eq!(told.len(), 3);
        let nobody = app.user("supervisor").await.ok(document, json!({})).await;
        assert_eq!(nobody["syncOperations"]["nodes"], json!([]));
    }

    async fn clock_that_is_days_ahead_stops_no_operation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        for (occurred, kept) in [("2026-03-09T00:00:00.000Z", tests::app::START), ("2026-02-20T08:00:00.000Z", "2026-02-20T08:00:00.000Z")] {
            let id = v7();
            let mut log = operation("defectLog", log_input(&app, id, "1-101"), None);
            log["occurredAt"] = json!(occurred);
            assert_eq!(site.push_one(&log).await["outcome"], "APPLIED");
            let read = site.user.ok("query($id: ID!) { defect(id: $id) { occurredAt } }", json!({ "id": id })).await;
            assert_eq!(read["defect"]["occurredAt"], kept);
        }
    }
}
