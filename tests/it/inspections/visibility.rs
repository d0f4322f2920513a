//! Visibility of rounds and unit inspections; the lineage of defects; a constant number of statements.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::setup::{PLACES, Round, read, text};

const RECORDS: &str = "id status submittedAt submittedBy { name } inaccessibleReason
    results { result note party company { code } person { name } item { text } }
    measurements { readings company { code } person { name } }
    signatures { party signerName person { name } company { code } }
    missing { kind } events { name data reason person { name } }";

async fn log(app: &TestApp, login: &str, unit: &str, round: Option<&Round<'_>>) -> Uuid {
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code field } } }";
    let id = v7();
    let input = json!({
        "defectId": id, "unitId": app.project.unit(unit), "roomId": app.project.room(unit, "LIVING"),
        "type": "WALL.SIZE", "inspectionId": round.map(|round| round.inspection(unit)),
    });
    app.user(login).await.ok(document, json!({ "input": input })).await;
    id
}

async fn outcomes(app: &TestApp, login: &str, round: &Round<'_>) -> Vec<(String, String)> {
    let fields = "earlierDefects { outcome defect { id } }";
    let seen = read(&app.user(login).await, round.inspection("1-101"), fields).await;
    let one = |entry: &Value| (text(&entry["defect"]["id"]), text(&entry["outcome"]));
    seen["earlierDefects"].as_array().expect("defects").iter().map(one).collect()
}

on_both_databases! {
    async fn owner_sees_only_the_plain_form_of_the_own_opened_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102", "1-201"]).await;
        let (site, owner) = (app.user("site").await, app.user("owner1").await);
        let canary = json!([round.result("1-101", PLACES[0], "PASS", Some("CANARY in a note"))]);
        round.record(&site, "1-101", canary, json!([round.measurement("1-101", &["1"])])).await;
        let rounds = "query($project: ID!, $round: ID!) { round(id: $round) { name status requiredParties unitCount
            createdBy { name } inspections { nodes { unit { code } } } }
            project(id: $project) { rounds { nodes { number } } checklists { name } } }";
        let ids = json!({ "project": app.project.id, "round": round.id });
        assert_eq!(owner.ok(rounds, ids.clone()).await, json!({ "round": null, "project": null }), "not opened");

        app.open_to_owner(app.project.unit("1-101")).await;
        let seen = owner.ok(rounds, ids.clone()).await;
        assert_eq!(seen["round"]["requiredParties"], json!(["DEVELOPER"]));
        assert_eq!(seen["round"]["inspections"]["nodes"], json!([{ "unit": { "code": "1-101" } }]));
        assert_eq!((&seen["round"]["createdBy"], &seen["round"]["unitCount"]), (&Value::Null, &Value::Null));
        assert_eq!(seen["project"], json!({ "rounds": { "nodes": [{ "number": 1 }] }, "checklists": [] }));
        for unit in ["1-102", "1-201"] {
            assert_eq!(read(&owner, round.inspection(unit), "id").await, Value::Null, "{unit}");
        }
        let unfinished = read(&owner, round.inspection("1-101"), RECORDS).await;
        assert_eq!((&unfinished["results"], &unfinished["measurements"]), (&json!([]), &json!([])));

        round.record(&site, "1-101", json!(&round.all("1-101", "PASS")[1..]), json!([])).await;
        round.run(&site, "SUBMIT", "1-101").await;
        round.run(&site, "SIGN", "1-101").await;
        let seen = read(&owner, round.inspection("1-101"), RECORDS).await;
        assert_eq!(seen["results"].as_array().map(Vec::len), Some(5));
        assert_eq!(seen["results"][0]["party"], "DEVELOPER");
        assert_eq!(seen["measurements"][0]["readings"], json!(["1"]));
        assert_eq!(seen["signatures"][0]["party"], "DEVELOPER");
        let all = seen.to_string();
        for hidden in ["CANARY", "by name", "\"DEV\""] {
            assert!(!all.contains(hidden), "{hidden} in {seen:#}");
        }
        let staff = read(&site, round.inspection("1-101"), RECORDS).await.to_string();
        assert!(staff.contains("CANARY") && staff.contains("site by name"), "staff do see it");
    }

    async fn contractor_reads_only_records_of_its_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        for (login, note) in [("lead.a", "of A"), ("worker.b", "CANARY of B"), ("supervisor", "CANARY of SUP")] {
            let results = json!([round.result("1-101", PLACES[0], "PASS", Some(note))]);
            let user = app.user(login).await;
            round.record(&user, "1-101", results, json!([round.measurement("1-101", &["1.25"])])).await;
        }
        let fields = "results { note company { code } } measurements { company { code } } events { name data }";
        let seen = read(&app.user("worker.a").await, round.inspection("1-101"), fields).await;
        // Including the measured item's result by the rule.
        let notes: Vec<&Value> = seen["results"].as_array().expect("results").iter().map(|one| &one["note"]).collect();
        assert_eq!(notes, [&json!("of A"), &Value::Null]);
        assert_eq!(seen["measurements"], json!([{ "company": { "code": "A" } }]));
        assert!(!seen.to_string().contains("CANARY"), "{seen:#}");
        let manager = round.read("1-101", fields).await;
        assert_eq!(manager["measurements"].as_array().map(Vec::len), Some(3));
        assert!(manager.to_string().contains("CANARY of B"));
    }

    async fn next_round_shows_the_outcome_of_each_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        let before = log(&app, "site", "1-101", None).await;
        app.advance_seconds(60);
        let first = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        app.advance_seconds(60);
        let (still_open, repaired) =
            (log(&app, "site", "1-101", Some(&first)).await, log(&app, "site", "1-101", Some(&first)).await);
        log(&app, "site", "1-102", None).await;
        app.advance_seconds(60);
        let second = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        app.advance_seconds(60);
        let new = log(&app, "supervisor", "1-101", Some(&second)).await;
        let void = "mutation($input: DefectVoidInput!) { defectVoid(input: $input) { userErrors { code field message } } }";
        let reason = json!({ "defectId": repaired, "reason": "ENTERED_IN_ERROR", "note": "was clean" });
        app.user("manager").await.ok(void, json!({ "input": reason })).await;

        let told = |pairs: &[(Uuid, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(id, outcome)| (id.to_string(), (*outcome).to_owned())).collect()
        };
        let expected = told(&[(before, "STILL_OPEN"), (still_open, "STILL_OPEN"), (repaired, "VOID"), (new, "NEW")]);
        assert_eq!(outcomes(&app, "manager", &second).await, expected);
        let expected = told(&[(before, "STILL_OPEN"), (still_open, "NEW"), (repaired, "VOID")]);
        assert_eq!(outcomes(&app, "manager", &first).await, expected, "the first round knows nothing of the second");
        assert_eq!(outcomes(&app, "lead.b", &second).await, [], "no defect of contractor B");
    }

    async fn round_takes_the_same_number_of_statements_for_one_unit_and_for_six(db: TestDb) {
        let app = TestApp::start(&db).await;
        let units = ["1-101", "1-102", "1-201", "1-202", "1-301", "1-302"];
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &units).await;
        for unit in units {
            round.bring(unit, "SIGNED").await;
            log(&app, "site", unit, None).await;
        }
        let manager = app.user("manager").await;
        let document = "query($id: ID!, $first: Int!) { round(id: $id) { inspectionCounts { count } unitCount
            checklistVersion { items { measurementRule { code } } }
            inspections(first: $first) { nodes { status requiredParties unit { code } round { name }
                results { room { code } item { text } company { code } person { name } }
                measurements { rule { code } } missing { kind room { code } } signatures { person { name } }
                earlierDefects { outcome defect { number } } events { name } allowedCommands { name allowed } } } } }";
        let mut counts = Vec::new();
        for first in [1, 6, 1, 6] {
            let before = app.app.db.statements().count();
            let data = manager.ok(document, json!({ "id": round.id, "first": first })).await;
            assert_eq!(data["round"]["inspections"]["nodes"].as_array().map(Vec::len), Some(first));
            counts.push(app.app.db.statements().count() - before);
        }
        assert_eq!(counts[2], counts[3], "{counts:?}");
        assert!(counts[3] < 45, "{counts:?}");
    }
}
