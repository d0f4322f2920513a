//! The signed content can be fetched, read by people, and hashed again by any program.

use domain::inspection::content::form1::SignedContent;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::unit_inspections;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use super::{log, run};
use crate::inspections::setup::{PLACES, Round, read};
use crate::photos::sha256;

const CONTENT: &str = "query($id: ID!, $hash: String) { unitInspectionContent(id: $id, contentHash: $hash) {
    form submissionNo takenAt roundNumber roundName stage { code name } requiredParties { code name } unitCode
    results { room item { code name } party { code name } company result resultText note }
    measurements { room item { code } rule { code name } readings outOfTolerance company }
    defects { number foundHere outcome outcomeText room part { code name } type { code name } severity severityText
        description status statusText }
    contentHash canonical verified } }";

async fn content(user: &User<'_>, round: &Round<'_>, hash: Option<&str>) -> Value {
    let variables = json!({ "id": round.inspection("1-101"), "hash": hash });
    user.ok(CONTENT, variables).await["unitInspectionContent"].clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Hashes a text, and the same value serialised by another program with its keys in another order.
fn assert_hash(canonical: &Value, hash: &Value) {
    let canonical = text(canonical);
    assert_eq!(sha256(canonical.as_bytes()), text(hash));
    let value: Value = serde_json::from_str(canonical).expect("JSON");
    let again = serde_json_canonicalizer::to_string(&value).expect("JSON");
    assert_eq!(again, canonical, "every program serialises the value to the same text");
}

on_both_databases! {
    async fn signed_content_is_a_readable_page_and_a_reproducible_text(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        assert_eq!(content(&site, &round, None).await, Value::Null, "nothing to sign yet");
        let earlier = log(&app, &site, "1-101", json!({ "description": "seen before" })).await;
        let room = json!(app.project.room("1-101", "LIVING"));
        let found_in = json!({ "inspectionId": round.inspection("1-101"), "roomId": room, "description": "a long one" });
        log(&app, &site, "1-101", found_in.clone()).await;
        let mut results = round.all("1-101", "PASS");
        results[0] = round.result("1-101", PLACES[0], "PASS", Some("looked twice"));
        round.record(&site, "1-101", json!(results), json!([round.measurement("1-101", &["1", "2"])])).await;
        let submitted = round.run(&site, "SUBMIT", "1-101").await;

        let page = content(&site, &round, None).await;
        assert_eq!(page["contentHash"], submitted["contentHash"]);
        assert_hash(&page["canonical"], &page["contentHash"]);
        let expected = json!({
            "form": 2, "submissionNo": 1, "takenAt": tests::app::START, "roundNumber": 1, "roundName": "Round 1",
            "unitCode": "1-101", "verified": true,
            "requiredParties": [{ "code": "DEVELOPER", "name": "Developer" }, { "code": "SUPERVISOR", "name": "Supervisor" }],
        });
        for (field, value) in expected.as_object().expect("fields") {
            assert_eq!(&page[field], value, "{field}");
        }
        assert_eq!(page["stage"]["code"], "HOUSEHOLD_ACCEPTANCE");
        assert!(!text(&page["stage"]["name"]).is_empty());
        let noted = page["results"].as_array().expect("results").iter().find(|one| one["note"] == "looked twice");
        assert_eq!(noted.expect("the result"), &json!({
            "room": "Living room", "item": { "code": "LIV-1", "name": "Look closely" },
            "party": { "code": "DEVELOPER", "name": "Developer" }, "company": "Developer", "result": "PASS",
            "resultText": "Passed", "note": "looked twice",
        }));
        assert_eq!(page["measurements"][0]["readings"], json!(["1", "2"]));
        let defects = page["defects"].as_array().expect("defects");
        assert_eq!(defects.len(), 2, "the page shows the earlier one, too, so the signature covers it");
        let one = defects.iter().find(|one| one["foundHere"] == json!(true)).expect("the new one");
        assert_eq!((text(&one["number"]), text(&one["room"]), text(&one["statusText"])), ("D-000002", "Living room", "Waiting for repair"));
        assert_eq!((text(&one["outcomeText"]), text(&one["severityText"])), ("Newly found", "Minor"));
        assert_eq!(one["type"]["code"], "WALL.CRACK");

        // Later commands do not change the submitted content and do not enter it.
        run(&site, "defectUpdate", json!({ "defectId": earlier, "description": "another word" })).await;
        log(&app, &site, "1-101", found_in).await;
        assert_eq!(content(&supervisor, &round, None).await, page);
        round.sign_by_all("1-101").await;
        assert_eq!(content(&site, &round, None).await, page);
        let signatures = read(&site, round.inspection("1-101"), "signatures { contentHash }").await;
        assert!(signatures["signatures"].as_array().expect("signatures").iter().all(|one| one["contentHash"] == page["contentHash"]));
    }

    async fn earlier_submission_is_fetched_by_its_hash(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SIGNED").await;
        let manager = app.user("manager").await;
        let first = content(&manager, &round, None).await;
        round.run(&manager, "REOPEN", "1-101").await;
        let second_defect = json!({ "inspectionId": round.inspection("1-101") });
        log(&app, &manager, "1-101", second_defect).await;
        round.run(&manager, "SUBMIT", "1-101").await;
        let second = content(&manager, &round, None).await;
        assert_eq!((&first["submissionNo"], &second["submissionNo"]), (&json!(1), &json!(2)));
        let hash = text(&first["contentHash"]);
        assert_eq!(content(&manager, &round, Some(hash)).await, first);
        assert_eq!(content(&manager, &round, Some(&"ab".repeat(32))).await, Value::Null);
        let wrong = manager.query(CONTENT, json!({ "id": round.inspection("1-101"), "hash": "zz" })).await;
        assert_eq!(wrong["errors"][0]["extensions"]["code"], "INVALID_VALUE");
    }

    async fn each_person_reads_only_visible_parts_of_the_content(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "CUSTOMER"], &["1-101"]).await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        let found_in = |kind: &str| json!({ "inspectionId": round.inspection("1-101"), "type": kind });
        log(&app, &site, "1-101", found_in("WALL.CRACK")).await;
        log(&app, &site, "1-101", found_in("WALL.TILE_CRACK")).await;
        let noted = json!([round.result("1-101", PLACES[0], "PASS", Some("CANARY in a note"))]);
        round.record(&site, "1-101", noted, json!([])).await;
        round.record(&site, "1-101", json!(&round.all("1-101", "PASS")[1..]), json!([])).await;
        round.record(&lead, "1-101", json!([round.result("1-101", PLACES[0], "PASS", None)]), json!([])).await;
        let owner = app.user("owner1").await;
        assert_eq!(content(&owner, &round, None).await, Value::Null);
        round.run(&site, "SUBMIT", "1-101").await;
        let count = |page: &Value, list: &str| page[list].as_array().map(Vec::len);
        for (login, results, defects, whole) in
            [("supervisor", 6, 2, true), ("lead.a", 1, 1, false), ("lead.b", 0, 1, false), ("owner1", 6, 2, false)]
        {
            let page = content(&app.user(login).await, &round, None).await;
            assert_eq!((count(&page, "results"), count(&page, "defects")), (Some(results), Some(defects)), "{login}");
            assert_eq!(page["canonical"].is_string(), whole, "{login}");
            assert_eq!(page["verified"], json!(true), "{login}");
            let reads_notes = page.to_string().contains("CANARY");
            assert_eq!(reads_notes, whole, "{login}");
        }
        for login in ["owner2", "x.manager"] {
            assert_eq!(content(&app.user(login).await, &round, None).await, Value::Null, "{login}");
        }
    }

    async fn submission_of_an_earlier_version_is_verified_in_its_own_form(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, id) = (app.user("site").await, round.inspection("1-101"));
        // As the version before hashed it, without the stored text.
        let first = SignedContent::new(id.into(), round.id.into(), app.project.unit("1-101").into(), 1).canonical().expect("plain data");
        let update = unit_inspections::Entity::update_many()
            .col_expr(unit_inspections::Column::Status, Expr::value("SUBMITTED"))
            .col_expr(unit_inspections::Column::ContentHash, Expr::value(hex::decode(sha256(&first)).expect("a hash")))
            .filter(unit_inspections::Column::Id.eq(id));
        app.app.db.write(async |tx| update.exec(tx).await).await.expect("an old submission");
        let page = content(&site, &round, None).await;
        assert_eq!((&page["form"], &page["verified"]), (&json!(1), &json!(true)));
        assert_eq!(text(&page["canonical"]).as_bytes(), first);
        assert_eq!(round.run(&site, "SIGN", "1-101").await["status"], "SIGNED");
        // The stored data has changed since: it is shown, but not as the signed content.
        let changed = unit_inspections::Entity::update_many()
            .col_expr(unit_inspections::Column::ContentHash, Expr::value(vec![7_u8; 32]))
            .filter(unit_inspections::Column::Id.eq(id));
        app.app.db.write(async |tx| changed.exec(tx).await).await.expect("a changed one");
        let page = content(&site, &round, None).await;
        assert_eq!((&page["form"], &page["verified"], &page["canonical"]), (&json!(1), &json!(false), &Value::Null));
        assert_eq!((text(&page["contentHash"]), text(&page["unitCode"])), ("07".repeat(32).as_str(), "1-101"));
        assert_eq!(content(&site, &round, Some(&"ab".repeat(32))).await, Value::Null);
    }

    async fn owner_reads_the_reviewed_content_and_hashes_it_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, owner) = (app.user("site").await, app.user("owner1").await);
        let room = app.project.room("1-101", "BATH");
        log(&app, &site, "1-101", json!({ "roomId": room, "description": "from the door to the window" })).await;
        let fields = "content contentHash canonical form verified unitCode ready
            defects { number room part { code name } type { code name } severityText statusText dueAt description }
            blockers { code message waived }";
        let unit = app.project.unit("1-101");
        let shown = format!("query($id: ID!) {{ unitReviewContent(unitId: $id) {{ {fields} }} }}");
        let page = owner.ok(&shown, json!({ "id": unit })).await["unitReviewContent"].clone();
        assert_hash(&page["canonical"], &page["contentHash"]);
        assert_eq!((&page["form"], &page["verified"], &page["unitCode"]), (&json!(2), &json!(true), &json!("1-101")));
        let one = &page["defects"][0];
        assert_eq!((text(&one["number"]), text(&one["room"])), ("D-000001", "Bathroom"));
        assert_eq!((text(&one["dueAt"]), text(&one["severityText"])), ("2026-03-09T00:00:00.000Z", "Minor"));
        assert!(!text(&one["type"]["name"]).is_empty() && !text(&one["part"]["name"]).is_empty(), "{one}");
        assert_eq!(page["blockers"][0]["message"], "The inspections before the handover have not begun yet.");
        let review = json!({ "reviewId": v7(), "unitId": unit, "body": "Fine", "contentHash": page["contentHash"] });
        run(&owner, "unitReview", review).await;
        run(&site, "defectUpdate", json!({ "defectId": one_id(&page), "description": "shorter" })).await;
        let read = format!("query($id: ID!) {{ unit(id: $id) {{ reviews {{ contentHash signed {{ {fields} }} }} }} }}");
        let review = owner.ok(&read, json!({ "id": unit })).await["unit"]["reviews"][0].clone();
        assert_eq!(review["signed"], page, "what was signed is what was shown");
        assert_eq!(review["contentHash"], page["contentHash"]);
    }
}

fn one_id(page: &Value) -> Value {
    page["content"]["defects"][0]["defectId"].clone()
}
