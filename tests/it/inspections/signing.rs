//! A refused submission names the missing results; signatures cover exactly the shown content; reopening keeps them as
//! history.

use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{PLACES, Round, mutation, plan, text};

const SIGNATURES: &str = "status version submissionNo contentHash submittedAt
    signatures { id party role signerName contentHash submissionNo supersededAt }
    events { name from to reason data }";

/// The missing results, as `LIVING LIV-1 RESULT`.
fn gaps(missing: &Value) -> Vec<String> {
    let gap = |one: &Value| [&one["room"]["code"], &one["item"]["code"], &one["kind"]].map(text).join(" ");
    missing.as_array().into_iter().flatten().map(gap).collect()
}

async fn log_defect(round: &Round<'_>, login: &str, unit: &str, place: (&str, &str), type_code: &str) -> String {
    let document =
        "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code field } } }";
    let input = json!({
        "defectId": v7(), "unitId": round.app.project.unit(unit), "roomId": round.app.project.room(unit, place.0),
        "type": type_code, "inspectionId": round.inspection(unit), "checkItemId": round.item(place.1),
    });
    let user = round.app.user(login).await;
    text(&user.ok(document, json!({ "input": input })).await["defectLog"]["defect"]["id"])
}

async fn submit_refused(round: &Round<'_>, login: &str, unit: &str) -> (Vec<String>, Vec<String>) {
    let user = round.app.user(login).await;
    let variables = json!({ "input": { "inspectionId": round.inspection(unit) } });
    let codes = user.refused(&mutation("SUBMIT"), variables.clone()).await;
    let answer = user.query(&mutation("SUBMIT"), variables).await;
    let told = gaps(&answer["data"]["answer"]["missing"]);
    let field = round.read(unit, "missing { kind room { code } item { code } }").await;
    assert_eq!(told, gaps(&field["missing"]), "the command and the field say the same");
    (codes, told)
}

on_both_databases! {
    async fn submission_names_the_missing_results(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        // Two parties share the work: the result of any one party is enough.
        let first: Vec<Value> = PLACES[..2].iter().map(|&at| round.result("1-101", at, "PASS", None)).collect();
        round.record(&site, "1-101", json!(first), json!([])).await;
        let (codes, missing) = submit_refused(&round, "site", "1-101").await;
        assert_eq!(codes, ["RESULTS_MISSING"]);
        assert_eq!(missing, ["BED BED-1 RESULT", "BATH BATH-1 RESULT", "KITCHEN KIT-1 RESULT"]);

        let fails = json!([
            round.result("1-101", PLACES[2], "FAIL", None),
            round.result("1-101", PLACES[3], "NOT_ACCESSIBLE", None),
        ]);
        round.record(&supervisor, "1-101", fails, json!([])).await;
        let (codes, missing) = submit_refused(&round, "site", "1-101").await;
        assert_eq!(codes, ["RESULTS_MISSING", "DEFECT_MISSING"]);
        assert_eq!(missing, ["BED BED-1 DEFECT", "KITCHEN KIT-1 RESULT"]);

        let last = json!([round.result("1-101", PLACES[4], "PASS", None)]);
        round.record(&site, "1-101", last, json!([round.measurement("1-101", &["99"])])).await;
        let (codes, missing) = submit_refused(&round, "site", "1-101").await;
        assert_eq!(codes, ["DEFECT_MISSING"], "measured after a person passed it, the item fails");
        assert_eq!(missing, ["LIVING LIV-2 DEFECT", "BED BED-1 DEFECT"]);
        log_defect(&round, "supervisor", "1-101", PLACES[1], "WALL.CRACK").await;
        // A defect on another item does not explain this one; nor does a void defect.
        log_defect(&round, "supervisor", "1-101", PLACES[0], "WALL.SIZE").await;
        let mistaken = log_defect(&round, "supervisor", "1-101", PLACES[2], "WIN.OPEN").await;
        let void = "mutation($input: DefectVoidInput!) { defectVoid(input: $input) { userErrors { code field message } } }";
        let reason = json!({ "defectId": mistaken, "reason": "ENTERED_IN_ERROR", "note": "wrong room" });
        app.user("manager").await.ok(void, json!({ "input": reason })).await;
        assert_eq!(submit_refused(&round, "site", "1-101").await.0, ["DEFECT_MISSING"]);

        log_defect(&round, "supervisor", "1-101", PLACES[2], "WIN.OPEN").await;
        let done = round.run(&site, "SUBMIT", "1-101").await;
        assert_eq!(done["status"], "SUBMITTED");
        assert_eq!(text(&done["contentHash"]).len(), 64);
    }

    async fn living_defect_of_an_earlier_round_explains_a_failed_item(db: TestDb) {
        let app = TestApp::start(&db).await;
        let first = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let defect = log_defect(&first, "supervisor", "1-101", PLACES[2], "WIN.OPEN").await;
        let second = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        let mut results = second.all("1-101", "PASS");
        results[2] = second.result("1-101", PLACES[2], "FAIL", None);
        second.record(&site, "1-101", json!(results), json!([])).await;
        let still = second.read("1-101", "missing { kind room { code } item { code } }").await;
        assert_eq!(gaps(&still["missing"]), Vec::<String>::new(), "the old defect is still there to be seen");
        let fixed = "mutation($input: DefectReportFixedInput!) { defectReportFixed(input: $input) { userErrors { code } } }";
        let passed = "mutation($input: DefectVerifyInput!) { defectVerify(input: $input) { userErrors { code } } }";
        let policy = store::entity::projects::Entity::update_many()
            .col_expr(store::entity::projects::Column::Policy, Expr::value(json!({ "afterPhotoRequired": false })));
        app.app.db.write(async |tx| policy.exec(tx).await).await.expect("a policy without photos");
        let report = json!({ "defectId": defect, "attemptId": v7(), "note": "planed" });
        app.user("lead.b").await.ok(fixed, json!({ "input": report })).await;
        let verdict = json!({ "defectId": defect, "verdictId": v7(), "passed": true });
        app.user("supervisor").await.ok(passed, json!({ "input": verdict })).await;
        // A closed defect explains nothing: a person who fails the item again must log a defect.
        assert_eq!(submit_refused(&second, "site", "1-101").await.1, ["BED BED-1 DEFECT"]);
    }

    async fn inspection_is_signed_when_each_required_party_has_signed_the_shown_content(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let round = Round::open(&app, 1, &["SUPERVISOR", "DEVELOPER", "CUSTOMER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let (site, supervisor, owner) =
            (app.user("site").await, app.user("supervisor").await, app.user("owner1").await);
        let shown = text(&round.read("1-101", "contentHash").await["contentHash"]);

        for wrong in ["", "zz", &"0".repeat(64), &shown[..63]] {
            let input = json!({ "inspectionId": round.inspection("1-101"), "signatureId": v7(), "contentHash": wrong });
            let refused = round.try_input(&site, "SIGN", input).await;
            assert_eq!(refused, [("CONTENT_CHANGED".to_owned(), "contentHash".to_owned())], "{wrong}");
        }
        let signature = json!({
            "inspectionId": round.inspection("1-101"), "signatureId": v7(), "contentHash": shown.to_uppercase(),
        });
        let first = site.ok(&mutation("SIGN"), json!({ "input": signature })).await;
        assert_eq!(first["answer"]["unitInspection"]["status"], "SUBMITTED");
        // The answer was lost: a repetition is no second signature, and no error.
        let again = site.ok(&mutation("SIGN"), json!({ "input": signature })).await;
        assert_eq!(again["answer"]["unitInspection"]["version"], first["answer"]["unitInspection"]["version"]);
        let refused = round.try_input(&supervisor, "SIGN", signature.clone()).await;
        assert_eq!(refused, [("ID_REUSED".to_owned(), "signatureId".to_owned())]);
        assert_eq!(round.try_run(&app.user("manager").await, "SIGN", "1-101").await, ["ALREADY_SIGNED"]);

        assert_eq!(round.run(&owner, "SIGN", "1-101").await["status"], "SUBMITTED");
        assert_eq!(round.run(&supervisor, "SIGN", "1-101").await["status"], "SIGNED");
        let read = round.read("1-101", SIGNATURES).await;
        let names: Vec<String> = read["signatures"].as_array().expect("signatures").iter()
            .map(|one| format!("{} {} {}", text(&one["party"]), text(&one["role"]), text(&one["signerName"])))
            .collect();
        assert_eq!(names, [
            "DEVELOPER SITE_ENGINEER site by name",
            "CUSTOMER OWNER owner1 by name",
            "SUPERVISOR SUPERVISING_ENGINEER supervisor by name",
        ]);
        assert!(read["signatures"].as_array().expect("signatures").iter().all(|one| one["contentHash"] == shown.as_str()));
    }

    async fn each_contractor_and_each_owner_signs_separately(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let change = "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) { userErrors { code } } }";
        let add = json!({ "ownershipId": v7(), "personId": app.person_id("owner2"), "kind": "CO_OWNER" });
        let spouse = json!({ "unitId": app.project.unit("1-101"), "add": add });
        app.user("manager").await.ok(change, json!({ "input": spouse })).await;
        let round = Round::open(&app, 1, &["CONTRACTOR", "CUSTOMER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        for (login, status) in
            [("lead.a", "SUBMITTED"), ("lead.b", "SUBMITTED"), ("owner1", "SIGNED"), ("owner2", "SIGNED")]
        {
            let user = app.user(login).await;
            assert_eq!(round.run(&user, "SIGN", "1-101").await["status"], status, "{login}");
            assert_eq!(round.try_run(&user, "SIGN", "1-101").await, ["ALREADY_SIGNED"], "{login} again");
        }
        let read = round.read("1-101", "contentHash signatures { contentHash }").await;
        let signatures = read["signatures"].as_array().expect("signatures");
        assert!(signatures.len() == 4 && signatures.iter().all(|one| one["contentHash"] == read["contentHash"]));
    }

    async fn round_waits_for_each_named_contractor(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut input = plan(&app, 1, &["CONTRACTOR"]);
        input["requiredContractorIds"] = json!([app.project.company("A"), app.project.company("B")]);
        let round = Round::open_planned(&app, input, &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        assert_eq!(round.run(&app.user("lead.b").await, "SIGN", "1-101").await["status"], "SUBMITTED");
        assert_eq!(round.run(&app.user("lead.a").await, "SIGN", "1-101").await["status"], "SIGNED");
        let mut other = plan(&app, 2, &["CONTRACTOR"]);
        other["requiredContractorIds"] = json!([app.project.company("B")]);
        let round = Round::open_planned(&app, other, &["1-102"]).await;
        round.bring("1-102", "SUBMITTED").await;
        assert_eq!(round.try_run(&app.user("lead.a").await, "SIGN", "1-102").await, ["PARTY_NOT_REQUIRED"]);
        let read = "query($id: ID!) { round(id: $id) { requiredContractors { code } } }";
        let read = app.user("manager").await.ok(read, json!({ "id": round.id })).await;
        assert_eq!(read["round"]["requiredContractors"], json!([{ "code": "B" }]));
    }

    async fn reopening_keeps_the_signatures_as_history(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        round.bring("1-101", "SIGNED").await;
        let before = round.read("1-101", SIGNATURES).await;
        let supervisor = app.user("supervisor").await;
        for reason in ["", "  \n"] {
            let input = json!({ "inspectionId": round.inspection("1-101"), "reason": reason });
            let refused = round.try_input(&supervisor, "REOPEN", input).await;
            assert_eq!(refused, [("REASON_REQUIRED".to_owned(), "reason".to_owned())]);
        }
        let opened = round.run(&supervisor, "REOPEN", "1-101").await;
        assert_eq!((&opened["status"], &opened["submissionNo"]), (&json!("IN_PROGRESS"), &json!(2)));
        assert_eq!(opened["contentHash"], Value::Null);
        let manager = app.user("manager").await;
        round.run(&manager, "SUBMIT", "1-101").await;
        let fresh = round.read("1-101", SIGNATURES).await;
        assert_ne!(fresh["contentHash"], before["contentHash"], "another submission is another content");
        // The content from before the reopening cannot be signed any more.
        let stale = json!({
            "inspectionId": round.inspection("1-101"), "signatureId": v7(), "contentHash": before["contentHash"],
        });
        assert_eq!(round.try_input(&supervisor, "SIGN", stale).await[0].0, "CONTENT_CHANGED");
        round.sign_by_all("1-101").await;
        let read = round.read("1-101", SIGNATURES).await;
        assert_eq!(read["status"], "SIGNED");
        let kept: Vec<(i64, bool)> = read["signatures"].as_array().expect("signatures").iter()
            .map(|one| (one["submissionNo"].as_i64().unwrap_or(0), one["supersededAt"].is_string()))
            .collect();
        assert_eq!(kept, [(1, true), (1, true), (2, false), (2, false)]);
        assert_eq!(read["signatures"][0]["contentHash"], before["contentHash"]);
        let reopened = read["events"].as_array().expect("events").iter()
            .find(|event| event["name"] == "INSPECTION_REOPENED").expect("an event");
        assert_eq!((&reopened["from"], &reopened["to"]), (&json!("SIGNED"), &json!("IN_PROGRESS")));
        assert_eq!(reopened["reason"], "because");
    }

    async fn stale_versions_and_foreign_photos_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let site = app.user("site").await;
        for command in ["SIGN", "REOPEN"] {
            let mut input = round.input(command, "1-101").await;
            input["expectedVersion"] = json!(1);
            let refused = round.try_input(&site, command, input).await;
            assert_eq!(refused, [("STALE_VERSION".to_owned(), "expectedVersion".to_owned())], "{command}");
        }
        let mut input = round.input("SIGN", "1-101").await;
        input["photoId"] = json!(v7());
        let refused = round.try_input(&site, "SIGN", input).await;
        assert_eq!(refused, [("PHOTO_UNUSABLE".to_owned(), "photoId".to_owned())]);
        let mut input = round.input("SIGN", "1-101").await;
        input["signatureId"] = json!("3f2b1c9e-7d5a-4f6b-8c1d-2e3f4a5b6c7d");
        let refused = round.try_input(&site, "SIGN", input).await;
        assert_eq!(refused, [("INVALID_ID".to_owned(), "signatureId".to_owned())]);
    }
}
