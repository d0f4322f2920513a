//! A person acts for one party only on a subject, also after a change of company.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{OWN, document, end, log_defect, on, on_defect, set};
use crate::inspections::setup::Round;
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

/// A command's entry in `allowedCommands` for a person: whether it is allowed, and the reason.
async fn command_answer(app: &TestApp, login: &str, query: &str, id: uuid::Uuid, command: &str) -> (bool, String) {
    let document =
        format!("query($id: ID!) {{ subject: {query}(id: $id) {{ allowedCommands {{ name allowed reason }} }} }}");
    let data = app.user(login).await.ok(&document, json!({ "id": id })).await;
    let commands = data["subject"]["allowedCommands"].as_array().expect("commands").clone();
    let found = commands.into_iter().find(|one| one["name"] == command).expect("the command");
    (found["allowed"] == json!(true), found["reason"].as_str().unwrap_or_default().to_owned())
}

/// The beginning of the reason, which is the same for the command and for `allowedCommands`.
const REASON: &str = "You have already acted here for another party";

async fn refused(app: &TestApp, login: &str, mutation: &str, variables: Value) {
    let codes = app.user(login).await.refused(mutation, variables).await;
    assert_eq!(codes, ["ACTED_FOR_OTHER_PARTY"], "{login}");
}

on_both_databases! {
    async fn person_signs_an_inspection_for_one_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101", "1-102"]).await;
        for unit in ["1-101", "1-102"] {
            round.bring(unit, "SUBMITTED").await;
        }
        round.run(&app.user("site").await, "SIGN", "1-101").await;
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let site = app.user("site").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-101").await, ["ACTED_FOR_OTHER_PARTY"]);
        let (allowed, reason) = command_answer(&app, "site", "unitInspection", round.inspection("1-101"), "SIGN").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");
        // Reopening makes the signature part of the history, and does not change it.
        round.run(&app.user("supervisor").await, "REOPEN", "1-101").await;
        round.run(&app.user("manager").await, "SUBMIT", "1-101").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-101").await, ["ACTED_FOR_OTHER_PARTY"]);
        // After the return the person signs for the first party; another inspection is another subject.
        round.run(&site, "SIGN", "1-102").await;
        set(&app, "site", Some("DEV"), "SITE_ENGINEER").await;
        round.run(&site, "SIGN", "1-101").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-102").await, ["ACTED_FOR_OTHER_PARTY"]);
        // The first signature keeps its signer and party.
        let read = round.read("1-101", "signatures { party role company { code } }").await;
        assert_eq!(read["signatures"][0], json!({ "party": "DEVELOPER", "role": "SITE_ENGINEER", "company": { "code": "DEV" } }));
    }

    async fn recording_and_signing_of_one_person_are_for_one_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101", "1-102", "1-201"]).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        round.run(&site, "RECORD", "1-101").await;
        round.run(&manager, "SUBMIT", "1-101").await;
        round.bring("1-102", "SUBMITTED").await;
        round.bring("1-201", "IN_PROGRESS").await;
        round.run(&site, "SUBMIT", "1-201").await;

        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let site = app.user("site").await;
        for (command, unit) in [("SIGN", "1-101"), ("REOPEN", "1-101"), ("SIGN", "1-201"), ("REOPEN", "1-201")] {
            assert_eq!(round.try_run(&site, command, unit).await, ["ACTED_FOR_OTHER_PARTY"], "{command} {unit}");
            let (allowed, reason) = command_answer(&app, "site", "unitInspection", round.inspection(unit), command).await;
            assert!(!allowed && reason.starts_with(REASON), "{command} {unit}: {reason}");
        }
        round.run(&site, "SIGN", "1-102").await;
        round.run(&app.user("supervisor").await, "REOPEN", "1-102").await;

        set(&app, "site", Some("DEV"), "SITE_ENGINEER").await;
        let site = app.user("site").await;
        for command in ["RECORD", "SUBMIT", "MARK_INACCESSIBLE"] {
            assert_eq!(round.try_run(&site, command, "1-102").await, ["ACTED_FOR_OTHER_PARTY"], "{command}");
            let (allowed, reason) = command_answer(&app, "site", "unitInspection", round.inspection("1-102"), command).await;
            assert!(!allowed && reason.starts_with(REASON), "{command}: {reason}");
        }
        // After the return the person continues for the first party.
        round.run(&site, "SIGN", "1-101").await;
        round.run(&site, "SIGN", "1-201").await;
    }

    async fn repairer_cannot_remove_the_defect_from_the_work_for_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let repaired = log_defect(&site, &app, "1-101").await;
        let other = log_defect(&site, &app, "1-101").await;
        on_defect(&site, "defectUpdate", repaired, json!({ "severity": "CRITICAL" })).await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &worker, repaired, "AFTER").await;
        // One photo that a colleague reports, and one that is never uploaded.
        let (unreported, missing) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        unreported.take(&app, &worker, other, "AFTER").await;
        missing.declare(&worker, repaired, "AFTER").await;
        let fixed = json!({ "attemptId": v7(), "photoIds": [shot.id] });
        on_defect(&worker, "defectReportFixed", repaired, fixed).await;
        let fail = json!({ "verdictId": v7(), "passed": false, "note": "still cracked" });
        on_defect(&site, "defectVerify", repaired, fail).await;

        set(&app, "worker.a", Some("DEV"), "DELIVERY_MANAGER").await;
        let because = json!({ "reason": "because" });
        for (command, input) in [
            ("defectVoid", json!({ "reason": "NOT_A_DEFECT" })),
            ("defectUpdate", json!({ "severity": "COSMETIC" })),
            ("defectUpdate", json!({ "unitId": app.project.unit("1-102") })),
            ("defectAssign", json!({ "companyId": app.project.company("B") })),
            ("defectHold", because.clone()),
            ("defectMerge", json!({ "intoDefectId": other })),
        ] {
            refused(&app, "worker.a", &document(command), on(repaired, input)).await;
        }
        for command in ["VOID", "UPDATE", "ASSIGN", "HOLD", "MERGE"] {
            let (allowed, reason) = command_answer(&app, "worker.a", "defect", repaired, command).await;
            assert!(!allowed && reason.starts_with(REASON), "{command}: {reason}");
        }
        assert!(command_answer(&app, "worker.a", "defect", repaired, "COMMENT").await.0);
        for photo in [shot.id, unreported.id] {
            let slip = json!({ "input": { "photoId": photo, "reason": "a slip" } });
            refused(&app, "worker.a", &document("photoWithdraw"), slip).await;
        }
        let moved = json!({ "input": { "photoId": unreported.id, "stage": "BEFORE" } });
        refused(&app, "worker.a", &document("photoUpdate"), moved).await;
        let waiver = json!({ "input": { "waiverId": v7(), "unitId": app.project.unit("1-101"),
            "blocker": "BLOCKING_DEFECT_OPEN", "subjectId": repaired, "reason": "it is fine" } });
        refused(&app, "worker.a", &document("readinessWaive"), waiver.clone()).await;
        let write_off = "mutation($input: PhotoWriteOffInput!) { photoWriteOff(input: $input) { results { userErrors { code } } } }";
        let gone = json!({ "input": { "photoIds": [missing.id], "reason": "it never came" } });
        let told = app.user("worker.a").await.read(write_off, gone.clone()).await;
        assert_eq!(told["photoWriteOff"]["results"][0]["userErrors"], json!([{ "code": "ACTED_FOR_OTHER_PARTY" }]));
        // Colleagues of the developer may do all of it.
        let manager = app.user("manager").await;
        manager.ok(&document("readinessWaive"), waiver).await;
        manager.ok(write_off, gone).await;
        manager.ok(&document("photoWithdraw"), json!({ "input": { "photoId": shot.id, "reason": "a slip" } })).await;
        on_defect(&manager, "defectVoid", repaired, json!({ "reason": "NOT_A_DEFECT" })).await;
    }

    async fn repair_and_verdict_of_one_person_are_for_one_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let policy = "mutation($id: ID!) { projectPolicyUpdate(input: { projectId: $id, afterPhotoRequired: false }) {
            userErrors { code } } }";
        app.user("manager").await.ok(policy, json!({ "id": app.project.id })).await;
        let site = app.user("site").await;
        let (worker, supervisor) = (app.user("worker.a").await, app.user("supervisor").await);
        let repaired = log_defect(&site, &app, "1-101").await;
        let judged = log_defect(&site, &app, "1-101").await;
        for id in [repaired, judged] {
            on_defect(&worker, "defectReportFixed", id, json!({ "attemptId": v7() })).await;
        }
        let fail = json!({ "verdictId": v7(), "passed": false, "note": "still cracked" });
        on_defect(&supervisor, "defectVerify", judged, fail).await;

        set(&app, "worker.a", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let pass = json!({ "verdictId": v7(), "passed": true });
        refused(&app, "worker.a", &document("defectVerify"), on(repaired, pass)).await;
        let (allowed, reason) = command_answer(&app, "worker.a", "defect", repaired, "VERIFY").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");

        set(&app, "supervisor", Some("A"), "WORKER").await;
        refused(&app, "supervisor", &document("defectStart"), on(judged, json!({}))).await;
        refused(&app, "supervisor", &document("defectReportFixed"), on(judged, json!({ "attemptId": v7() }))).await;
        // Colleagues of both companies continue.
        on_defect(&app.user("lead.a").await, "defectReportFixed", judged, json!({ "attemptId": v7() })).await;
        on_defect(&site, "defectVerify", judged, json!({ "verdictId": v7(), "passed": true })).await;
    }

    async fn person_who_began_or_photographed_a_repair_cannot_verify_it_for_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let (worker, lead) = (app.user("worker.a").await, app.user("lead.a").await);
        let started = log_defect(&site, &app, "1-101").await;
        let photographed = log_defect(&site, &app, "1-101").await;
        let commented = log_defect(&site, &app, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &worker, photographed, "AFTER").await;
        let words = json!({ "commentId": v7(), "visibility": "SHARED", "body": "the key is with me" });
        on_defect(&worker, "defectComment", commented, words).await;
        on_defect(&worker, "defectStart", started, json!({})).await;
        for id in [started, photographed, commented] {
            let other = Shot::jpeg(some_jpeg());
            other.take(&app, &lead, id, "AFTER").await;
            let photo = if id == photographed { shot.id } else { other.id };
            on_defect(&lead, "defectReportFixed", id, json!({ "attemptId": v7(), "photoIds": [photo] })).await;
        }
        set(&app, "worker.a", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let pass = || json!({ "verdictId": v7(), "passed": true });
        for id in [started, photographed] {
            refused(&app, "worker.a", &document("defectVerify"), on(id, pass())).await;
            let (allowed, reason) = command_answer(&app, "worker.a", "defect", id, "VERIFY").await;
            assert!(!allowed && reason.starts_with(REASON), "{reason}");
        }
        // A comment is no act.
        on_defect(&app.user("worker.a").await, "defectVerify", commented, pass()).await;
        on_defect(&site, "defectVerify", started, pass()).await;
    }

    async fn person_who_held_assigned_or_reopened_a_defect_cannot_repair_it_for_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        let held = log_defect(&site, &app, "1-101").await;
        let assigned = log_defect(&site, &app, "1-101").await;
        let raised = log_defect(&supervisor, &app, "1-101").await;
        on_defect(&supervisor, "defectHold", held, json!({ "reason": "no paint" })).await;
        on_defect(&supervisor, "defectResume", held, json!({})).await;
        on_defect(&supervisor, "defectAssign", assigned, json!({ "companyId": app.project.company("A") })).await;
        set(&app, "supervisor", Some("A"), "WORKER").await;
        for id in [held, assigned] {
            refused(&app, "supervisor", &document("defectStart"), on(id, json!({}))).await;
            let (allowed, reason) = command_answer(&app, "supervisor", "defect", id, "START").await;
            assert!(!allowed && reason.starts_with(REASON), "{reason}");
        }
        // Logging a defect is no act.
        on_defect(&app.user("supervisor").await, "defectStart", raised, json!({})).await;
        on_defect(&app.user("worker.a").await, "defectStart", held, json!({})).await;
    }

    async fn person_who_began_or_found_no_access_cannot_act_in_the_inspection_for_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101", "1-102", "1-201"]).await;
        let site = app.user("site").await;
        round.run(&site, "START", "1-101").await;
        round.run(&site, "MARK_INACCESSIBLE", "1-102").await;
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let site = app.user("site").await;
        for (command, unit) in [("RECORD", "1-101"), ("START", "1-102")] {
            assert_eq!(round.try_run(&site, command, unit).await, ["ACTED_FOR_OTHER_PARTY"], "{command} {unit}");
            let (allowed, reason) = command_answer(&app, "site", "unitInspection", round.inspection(unit), command).await;
            assert!(!allowed && reason.starts_with(REASON), "{command} {unit}: {reason}");
        }
        // Neither may log a finding in it; in the unit, and in another inspection, they may.
        let log = document("defectLog");
        let finding = |unit: &str, inspection: Value| json!({ "input": { "defectId": v7(), "type": "WALL.CRACK",
            "unitId": app.project.unit(unit), "inspectionId": inspection } });
        refused(&app, "site", &log, finding("1-101", json!(round.inspection("1-101")))).await;
        site.ok(&log, finding("1-101", Value::Null)).await;
        site.ok(&log, finding("1-201", json!(round.inspection("1-201")))).await;
    }

    async fn photo_taken_for_one_party_is_not_changed_or_used_for_another(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let taken_at = log_defect(&site, &app, "1-101").await;
        let elsewhere = log_defect(&site, &app, "1-101").await;
        let (before, after) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        before.take(&app, &worker, taken_at, "BEFORE").await;
        after.take(&app, &worker, taken_at, "AFTER").await;
        let move_there = |photo: uuid::Uuid| json!({ "input": { "photoId": photo, "defectId": elsewhere } });
        let manager = app.user("manager").await;
        for photo in [before.id, after.id] {
            manager.ok(&document("photoUpdate"), move_there(photo)).await;
        }
        let to_b = json!({ "companyId": app.project.company("B") });
        for id in [taken_at, elsewhere] {
            on_defect(&site, "defectAssign", id, to_b.clone()).await;
        }
        set(&app, "worker.a", Some("B"), "WORKER").await;
        let slip = json!({ "input": { "photoId": before.id, "reason": "a slip" } });
        refused(&app, "worker.a", &document("photoWithdraw"), slip.clone()).await;
        let moved = json!({ "input": { "photoId": before.id, "defectId": taken_at } });
        refused(&app, "worker.a", &document("photoUpdate"), moved).await;
        let fixed = json!({ "attemptId": v7(), "photoIds": [after.id] });
        refused(&app, "worker.a", &document("defectReportFixed"), on(elsewhere, fixed)).await;
        manager.ok(&document("photoWithdraw"), slip).await;
    }

    async fn each_contractor_repairs_by_its_own_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let id = log_defect(&site, &app, "1-101").await;
        let dispute = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" });
        on_defect(&app.user("lead.a").await, "defectDispute", id, dispute).await;
        let to_b = json!({ "outcome": "REASSIGNED", "companyId": app.project.company("B") });
        on_defect(&site, "defectResolveDispute", id, to_b).await;
        set(&app, "lead.a", Some("B"), "WORKER").await;
        refused(&app, "lead.a", &document("defectStart"), on(id, json!({}))).await;
        on_defect(&app.user("worker.b").await, "defectStart", id, json!({})).await;
        // A person who disputed for the contractor cannot resolve the dispute for the developer.
        let id = log_defect(&site, &app, "1-101").await;
        set(&app, "worker.a", None, "RECTIFICATION_LEAD").await;
        let dispute = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" });
        on_defect(&app.user("worker.a").await, "defectDispute", id, dispute).await;
        set(&app, "worker.a", Some("DEV"), "SITE_ENGINEER").await;
        let upheld = json!({ "outcome": "UPHELD", "note": "it is" });
        refused(&app, "worker.a", &document("defectResolveDispute"), on(id, upheld)).await;
    }

    async fn owner_who_worked_in_the_home_cannot_review_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let unit = app.project.unit("1-101");
        app.open_to_owner(unit).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        round.run(&app.user("site").await, "SIGN", "1-101").await;
        let buys = json!({ "unitId": unit, "add": { "ownershipId": v7(), "personId": app.person_id("site") } });
        app.user("relations").await.ok(OWN, json!({ "input": buys })).await;
        end(&app, "site").await;
        let review = "mutation($input: UnitReviewInput!) { unitReview(input: $input) { userErrors { code message } } }";
        let input = json!({ "input": { "reviewId": v7(), "unitId": unit, "body": "Fine" } });
        refused(&app, "site", review, input.clone()).await;
        let (allowed, reason) = command_answer(&app, "site", "unit", unit, "REVIEW").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");
        app.user("owner1").await.ok(review, input).await;
    }
}
