//! Nobody acts for two parties on one subject, also after changing the company.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{OWN, document, end, log_defect, on, on_defect, set};
use crate::inspections::ground::Round;

/// What a person is told of a command in `allowedCommands`: whether it is allowed, and why not.
async fn told(app: &TestApp, login: &str, query: &str, id: uuid::Uuid, command: &str) -> (bool, String) {
    let document =
        format!("query($id: ID!) {{ subject: {query}(id: $id) {{ allowedCommands {{ name allowed reason }} }} }}");
    let data = app.user(login).await.ok(&document, json!({ "id": id })).await;
    let commands = data["subject"]["allowedCommands"].as_array().expect("commands").clone();
    let found = commands.into_iter().find(|one| one["name"] == command).expect("the command");
    (found["allowed"] == json!(true), found["reason"].as_str().unwrap_or_default().to_owned())
}

/// The beginning of the reason, which is the same for the command and for `allowedCommands`.
const REASON: &str = "You have already signed, judged or repaired here for another party";

async fn refused(app: &TestApp, login: &str, mutation: &str, variables: Value) {
    let codes = app.user(login).await.refused(mutation, variables).await;
    assert_eq!(codes, ["ACTED_FOR_OTHER_PARTY"], "{login}");
}

on_both_databases! {
    async fn a_person_signs_an_inspection_for_one_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101", "1-102"]).await;
        for unit in ["1-101", "1-102"] {
            round.bring(unit, "SUBMITTED").await;
        }
        round.run(&app.user("site").await, "SIGN", "1-101").await;
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let site = app.user("site").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-101").await, ["ACTED_FOR_OTHER_PARTY"]);
        let (allowed, reason) = told(&app, "site", "unitInspection", round.inspection("1-101"), "SIGN").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");
        // Reopening makes the signature history, and changes nothing of it.
        round.run(&app.user("supervisor").await, "REOPEN", "1-101").await;
        round.run(&app.user("manager").await, "SUBMIT", "1-101").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-101").await, ["ACTED_FOR_OTHER_PARTY"]);
        // Back again the person signs for the first party; and another inspection is another subject.
        round.run(&site, "SIGN", "1-102").await;
        set(&app, "site", Some("DEV"), "SITE_ENGINEER").await;
        round.run(&site, "SIGN", "1-101").await;
        assert_eq!(round.try_run(&site, "SIGN", "1-102").await, ["ACTED_FOR_OTHER_PARTY"]);
        // The first signature keeps who it was.
        let read = round.read("1-101", "signatures { party role company { code } }").await;
        assert_eq!(read["signatures"][0], json!({ "party": "DEVELOPER", "role": "SITE_ENGINEER", "company": { "code": "DEV" } }));
    }

    async fn who_repaired_never_judges_and_who_judged_never_repairs(db: TestDb) {
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
        let (allowed, reason) = told(&app, "worker.a", "defect", repaired, "VERIFY").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");

        set(&app, "supervisor", Some("A"), "WORKER").await;
        refused(&app, "supervisor", &document("defectStart"), on(judged, json!({}))).await;
        refused(&app, "supervisor", &document("defectReportFixed"), on(judged, json!({ "attemptId": v7() }))).await;
        // Others of both companies go on.
        on_defect(&app.user("lead.a").await, "defectReportFixed", judged, json!({ "attemptId": v7() })).await;
        on_defect(&site, "defectVerify", judged, json!({ "verdictId": v7(), "passed": true })).await;
    }

    async fn each_contractor_repairs_by_people_of_its_own(db: TestDb) {
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
        // Whoever disputed for the contractor does not settle it for the developer.
        let id = log_defect(&site, &app, "1-101").await;
        set(&app, "worker.a", None, "RECTIFICATION_LEAD").await;
        let dispute = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" });
        on_defect(&app.user("worker.a").await, "defectDispute", id, dispute).await;
        set(&app, "worker.a", Some("DEV"), "SITE_ENGINEER").await;
        let upheld = json!({ "outcome": "UPHELD", "note": "it is" });
        refused(&app, "worker.a", &document("defectResolveDispute"), on(id, upheld)).await;
    }

    async fn an_owner_who_worked_in_the_home_does_not_review_it(db: TestDb) {
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
        let (allowed, reason) = told(&app, "site", "unit", unit, "REVIEW").await;
        assert!(!allowed && reason.starts_with(REASON), "{reason}");
        app.user("owner1").await.ok(review, input).await;
    }
}
