//! Rounds and checklists, over HTTP: planning, opening, closing, and their faults.

use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::{checklist_versions, unit_inspections, units};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use crate::inspections::setup::{ROUND_CLOSE, ROUND_CREATE, ROUND_OPEN, Round, plan, text, uuid};

const ROUND_UPDATE: &str = "mutation($input: RoundUpdateInput!) { roundUpdate(input: $input) {
    round { id number stage name status version plannedFrom plannedTo unitCount requiredContractors { code } }
    userErrors { code field message } } }";
const ROUND_DISCARD: &str = "mutation($input: RoundDiscardInput!) { roundDiscard(input: $input) {
    removedRoundId userErrors { code field message } } }";
const ROUND_REOPEN: &str = "mutation($input: RoundReopenInput!) { roundReopen(input: $input) {
    round { id status closedAt } userErrors { code field message } } }";
const CHECKLIST_CREATE: &str = "mutation($input: ChecklistCreateInput!) { checklistCreate(input: $input) {
    checklist { id name version currentVersion { number frozenAt items { code roomType part mandatory text
        measurementRule { code kind toleranceMax } } } }
    userErrors { code field message } } }";

/// The refusals of a mutation as `CODE field.path`; checks that nothing changed.
async fn refusals(user: &User<'_>, document: &str, input: &Value) -> Vec<String> {
    let variables = json!({ "input": input });
    user.refused(document, variables.clone()).await;
    let answer = user.query(document, variables).await;
    let payload = answer["data"].as_object().and_then(|data| data.values().next()).cloned().unwrap_or_default();
    let one = |error: &Value| {
        let steps: Vec<String> = error["field"].as_array().into_iter().flatten().map(text).collect();
        format!("{} {}", text(&error["code"]), steps.join(".")).trim().to_owned()
    };
    payload["userErrors"].as_array().into_iter().flatten().map(one).collect()
}

fn checklist(app: &TestApp) -> Value {
    json!({
        "checklistId": v7(), "projectId": app.project.id, "name": " Wet rooms ",
        "items": [
            { "code": "B1", "roomType": "BATHROOM", "part": "WP", "zh": "闭水", "en": "Flood test" },
            { "code": "B2", "roomType": "BATHROOM", "zh": "垂直度", "en": "Verticality", "mandatory": false,
              "measurementCode": "PLASTER_VERT_N" },
        ],
    })
}

on_both_databases! {
    async fn round_is_planned_opened_and_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let input = plan(&app, 1, &["DEVELOPER", "SUPERVISOR"]);
        let created = manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        let id = uuid(&created["roundCreate"]["round"]["id"]);
        assert_eq!(created["roundCreate"]["round"]["status"], "DRAFT");
        let again = manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        assert_eq!(again, created, "the same again is no second round");
        let opened = manager.ok(ROUND_OPEN, json!({ "input": { "roundId": id, "expectedVersion": 1 } })).await;
        let round = &opened["roundOpen"]["round"];
        assert_eq!((&round["status"], text(&round["openedAt"]).as_str()), (&json!("OPEN"), tests::app::START));
        assert_eq!(round["inspectionCounts"], json!([{ "status": "PLANNED", "count": 6 }]), "all homes");
        let version = checklist_versions::Entity::find_by_id(app.project.checklist_version).one(app.app.db.read()).await;
        assert!(version.expect("the version").expect("a version").frozen_at.is_some());
        app.advance_seconds(3_600);
        let closed = manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": id } })).await;
        assert_eq!(closed["roundClose"]["round"]["status"], "CLOSED");
        assert_eq!(text(&closed["roundClose"]["round"]["closedAt"]), "2026-03-02T01:00:00.000Z");
        assert_eq!(refusals(&manager, ROUND_OPEN, &json!({ "roundId": id })).await, ["WRONG_STATE"]);
        assert_eq!(refusals(&manager, ROUND_CLOSE, &json!({ "roundId": id })).await, ["WRONG_STATE"]);
    }

    async fn draft_can_change_its_plan_and_an_open_round_only_name_and_days(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let input = plan(&app, 1, &["DEVELOPER"]);
        let id = input["roundId"].clone();
        manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        manager.ok(ROUND_CREATE, json!({ "input": plan(&app, 2, &["DEVELOPER"]) })).await;
        let change = json!({
            "roundId": id, "number": 7, "stage": "INTERNAL_R1", "requiredParties": ["SUPERVISOR", "CONTRACTOR"],
            "requiredContractorIds": [app.project.company("A")], "unitIds": [app.project.unit("1-101")],
            "name": "Before the paint", "plannedTo": null,
        });
        let changed = manager.ok(ROUND_UPDATE, json!({ "input": change })).await["roundUpdate"]["round"].clone();
        assert_eq!((&changed["number"], &changed["stage"], &changed["unitCount"]), (&json!(7), &json!("INTERNAL_R1"), &json!(1)));
        assert_eq!((&changed["name"], &changed["plannedTo"]), (&json!("Before the paint"), &Value::Null));
        assert_eq!(changed["requiredContractors"], json!([{ "code": "A" }]));
        let again = manager.ok(ROUND_UPDATE, json!({ "input": change })).await["roundUpdate"]["round"].clone();
        assert_eq!(again, changed, "the same again is no change");
        assert_eq!(refusals(&manager, ROUND_UPDATE, &json!({ "roundId": id, "number": 2 })).await, ["NUMBER_TAKEN number"]);
        let faults = json!({ "roundId": id, "number": 0, "requiredParties": [], "plannedTo": "2026-03-01" });
        let expected = ["INVALID_VALUE number", "INVALID_VALUE requiredParties", "INVALID_VALUE plannedTo"];
        assert_eq!(refusals(&manager, ROUND_UPDATE, &faults).await, expected);
        manager.ok(ROUND_OPEN, json!({ "input": { "roundId": id } })).await;
        let late = json!({ "roundId": id, "number": 8, "unitIds": [app.project.unit("1-102")], "name": "Late" });
        assert_eq!(refusals(&manager, ROUND_UPDATE, &late).await, ["WRONG_STATE number", "WRONG_STATE unitIds"]);
        let days = json!({ "roundId": id, "name": "Later", "plannedFrom": "2026-03-09", "plannedTo": "2026-03-10" });
        let moved = manager.ok(ROUND_UPDATE, json!({ "input": days })).await["roundUpdate"]["round"].clone();
        assert_eq!((&moved["name"], &moved["plannedFrom"], &moved["status"]), (&json!("Later"), &json!("2026-03-09"), &json!("OPEN")));
        manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": id } })).await;
        assert_eq!(refusals(&manager, ROUND_UPDATE, &json!({ "roundId": id, "name": "Gone" })).await, ["WRONG_STATE"]);
    }

    async fn draft_is_discarded_and_closed_round_is_reopened_with_a_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let input = plan(&app, 1, &["DEVELOPER"]);
        let draft = json!({ "roundId": input["roundId"] });
        manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        assert_eq!(refusals(&app.user("supervisor").await, ROUND_DISCARD, &draft).await, ["ROLE_NOT_ALLOWED"]);
        for _ in 0..2 {
            let gone = manager.ok(ROUND_DISCARD, json!({ "input": draft })).await;
            assert_eq!(gone["roundDiscard"]["removedRoundId"], input["roundId"], "also the second time");
        }
        let pull = "query($id: ID!) { changes(projectId: $id, first: 500) { nodes { id kind deleted } } }";
        let changes = manager.ok(pull, json!({ "id": app.project.id })).await["changes"]["nodes"].clone();
        let tombstone = json!({ "id": input["roundId"], "kind": "ROUND", "deleted": true });
        assert!(changes.as_array().is_some_and(|nodes| nodes.contains(&tombstone)), "{changes:#}");
        // Its number is free again.
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "IN_PROGRESS").await;
        let id = json!({ "roundId": round.id });
        assert_eq!(refusals(&manager, ROUND_DISCARD, &id).await, ["WRONG_STATE"]);
        let reopen = json!({ "roundId": round.id, "reason": "a unit was forgotten" });
        assert_eq!(refusals(&manager, ROUND_REOPEN, &reopen).await, ["WRONG_STATE"]);
        manager.ok(ROUND_CLOSE, json!({ "input": id })).await;
        assert_eq!(round.try_run(&manager, "SUBMIT", "1-101").await, ["ROUND_NOT_OPEN"]);
        let silent = json!({ "roundId": round.id, "reason": " " });
        assert_eq!(refusals(&manager, ROUND_REOPEN, &silent).await, ["TEXT_REQUIRED reason"]);
        let opened = manager.ok(ROUND_REOPEN, json!({ "input": reopen })).await["roundReopen"]["round"].clone();
        assert_eq!((&opened["status"], &opened["closedAt"]), (&json!("OPEN"), &Value::Null));
        assert_eq!(round.run(&manager, "SUBMIT", "1-101").await["status"], "SUBMITTED");
    }

    async fn only_one_of_concurrent_rounds_with_one_number_is_planned(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        manager.ok("{ viewer { id } }", json!({})).await;
        let plans: Vec<Value> = (0..8).map(|_| json!({ "input": plan(&app, 1, &["DEVELOPER"]) })).collect();
        let answers = join_all(plans.iter().map(|input| manager.query(ROUND_CREATE, input.clone()))).await;
        let mut codes: Vec<String> =
            answers.iter().map(|answer| text(&answer["data"]["roundCreate"]["userErrors"][0]["code"])).collect();
        codes.sort();
        assert_eq!(codes[0], "", "{answers:#?}");
        assert!(codes[1..].iter().all(|code| code == "NUMBER_TAKEN"), "{answers:#?}");
    }

    async fn all_faults_of_a_plan_are_reported(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let good = plan(&app, 1, &["DEVELOPER"]);
        manager.ok(ROUND_CREATE, json!({ "input": good })).await;
        let all_at_once = json!({
            "roundId": v7(), "projectId": app.project.id, "stage": "PICNIC", "number": 0, "name": " ",
            "requiredParties": [], "checklistId": app.project.checklist, "plannedFrom": "2026-03-03",
            "plannedTo": "2026-03-02",
        });
        assert_eq!(refusals(&manager, ROUND_CREATE, &all_at_once).await, [
            "INVALID_VALUE number", "INVALID_VALUE requiredParties", "INVALID_VALUE plannedTo", "TEXT_REQUIRED name",
            "INVALID_CODE stage",
        ]);
        let twice = |field: &str, value: Value| {
            let mut input = plan(&app, 2, &["DEVELOPER"]);
            input[field] = value;
            input
        };
        let (unit, strange) = (app.project.unit("1-101"), app.other.unit("1-101"));
        let mut both = twice("unitIds", json!([unit]));
        both["buildingIds"] = json!([app.project.building]);
        for (input, expected) in [
            (twice("number", json!(1)), "NUMBER_TAKEN number"),
            (twice("requiredParties", json!(["PROPERTY", "PROPERTY"])), "INVALID_VALUE requiredParties"),
            (twice("checklistId", json!(app.other.checklist)), "NOT_FOUND checklistId"),
            (twice("checklistId", json!(v7())), "NOT_FOUND checklistId"),
            (twice("projectId", json!(app.other.id)), "NOT_FOUND projectId"),
            (twice("unitIds", json!([unit, strange])), "NOT_FOUND unitIds.1"),
            (twice("buildingIds", json!([app.other.building])), "NOT_FOUND buildingIds.0"),
            (twice("unitIds", json!([])), "NOTHING_IN_SCOPE"),
            (twice("unitIds", json!(vec![unit; 10_001])), "TOO_MANY unitIds"),
            (both, "INVALID_VALUE buildingIds"),
            (twice("roundId", json!("3f2b1c9e-7d5a-4f6b-8c1d-2e3f4a5b6c7d")), "INVALID_ID roundId"),
            (twice("roundId", good["roundId"].clone()), "ID_REUSED roundId"),
            (twice("name", json!("x".repeat(201))), "TEXT_TOO_LONG name"),
            (twice("occurredAt", json!("2026-03-02T01:00:00Z")), "OCCURRED_IN_FUTURE occurredAt"),
        ] {
            assert_eq!(refusals(&manager, ROUND_CREATE, &input).await, [expected], "{input}");
        }
    }

    async fn only_permitted_roles_plan_open_and_close_rounds(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-102")).await;
        let opened = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let draft = plan(&app, 2, &["DEVELOPER"]);
        app.user("site").await.ok(ROUND_CREATE, json!({ "input": draft })).await;
        for (login, planning, opening) in [
            ("relations", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("lead.a", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("worker.b", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("supervisor", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("property", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("escort", "ROLE_NOT_ALLOWED", "ROLE_NOT_ALLOWED"),
            ("owner2", "ROLE_NOT_ALLOWED", "NOT_FOUND"),
            ("owner1", "NOT_FOUND", "NOT_FOUND"),
            ("x.manager", "NOT_FOUND", "NOT_FOUND"),
            ("root", "NOT_FOUND", "NOT_FOUND"),
        ] {
            let user = app.user(login).await;
            let codes = user.refused(ROUND_CREATE, json!({ "input": plan(&app, 3, &["DEVELOPER"]) })).await;
            assert_eq!(codes, [planning], "{login}");
            let codes = user.refused(CHECKLIST_CREATE, json!({ "input": checklist(&app) })).await;
            assert_eq!(codes, [planning], "{login}");
            let codes = user.refused(ROUND_OPEN, json!({ "input": { "roundId": draft["roundId"] } })).await;
            assert_eq!(codes, [opening], "{login}");
            let codes = user.refused(ROUND_CLOSE, json!({ "input": { "roundId": opened.id } })).await;
            assert_eq!(codes, [opening], "{login}");
        }
        let site = app.user("site").await;
        let stale = json!({ "roundId": opened.id, "expectedVersion": 1 });
        assert_eq!(refusals(&site, ROUND_CLOSE, &stale).await, ["STALE_VERSION expectedVersion"]);
        let commands = "query($id: ID!) { round(id: $id) { allowedCommands { name allowed reason } } }";
        let told = site.ok(commands, json!({ "id": opened.id })).await;
        let allowed = &told["round"]["allowedCommands"];
        assert_eq!(allowed[0]["allowed"], false);
        assert_eq!(allowed[1], json!({ "name": "CLOSE", "allowed": true, "reason": null }));
        site.ok(ROUND_CLOSE, json!({ "input": { "roundId": opened.id, "expectedVersion": 2 } })).await;
    }

    async fn concurrent_openings_open_a_round_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site) = (app.user("manager").await, app.user("site").await);
        let input = plan(&app, 1, &["DEVELOPER"]);
        manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        site.ok("{ viewer { name } }", json!({})).await;
        let variables = json!({ "input": { "roundId": input["roundId"] } });
        let answers = join_all((0..6).map(|n| {
            let user = if n % 2 == 0 { &manager } else { &site };
            user.query(ROUND_OPEN, variables.clone())
        }))
        .await;
        let refused: Vec<&Value> =
            answers.iter().map(|answer| &answer["data"]["roundOpen"]["userErrors"]).filter(|errors| errors[0].is_object()).collect();
        assert_eq!(refused.len(), 5);
        assert!(refused.iter().all(|errors| errors[0]["code"] == "WRONG_STATE"), "{refused:?}");
        assert_eq!(unit_inspections::Entity::find().count(app.app.db.read()).await.expect("a count"), 6);
    }

    async fn rounds_and_their_inspections_are_paged_and_filtered(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let units = ["1-302", "1-101", "1-202", "1-201"];
        let round = Round::open(&app, 7, &["DEVELOPER"], &units).await;
        Round::open(&app, 3, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-202", "IN_PROGRESS").await;
        let document = "query($id: ID!, $filter: UnitInspectionFilter, $first: Int, $after: String) { round(id: $id) {
            inspections(filter: $filter, first: $first, after: $after) {
                nodes { unit { code } } pageInfo { hasNextPage endCursor } } } }";
        let walk = |data: &Value| -> Vec<String> {
            let nodes = data["round"]["inspections"]["nodes"].as_array().cloned().unwrap_or_default();
            nodes.iter().map(|node| text(&node["unit"]["code"])).collect()
        };
        let first = manager.ok(document, json!({ "id": round.id, "first": 3 })).await;
        assert_eq!(walk(&first), ["1-101", "1-201", "1-202"], "in the order of a walk");
        let info = &first["round"]["inspections"]["pageInfo"];
        assert_eq!(info["hasNextPage"], true);
        let rest = manager.ok(document, json!({ "id": round.id, "first": 3, "after": info["endCursor"] })).await;
        assert_eq!(walk(&rest), ["1-302"]);
        for (filter, expected) in [
            (json!({ "status": ["IN_PROGRESS"] }), vec!["1-202"]),
            (json!({ "status": ["SIGNED"] }), vec![]),
            (json!({ "unitId": [app.project.unit("1-302"), app.other.unit("1-101")] }), vec!["1-302"]),
            (json!({ "buildingId": [app.other.building] }), vec![]),
            (json!({ "buildingId": [app.project.building], "status": ["PLANNED"] }), vec!["1-101", "1-201", "1-302"]),
        ] {
            let data = manager.ok(document, json!({ "id": round.id, "filter": filter })).await;
            assert_eq!(walk(&data), expected, "{filter}");
        }
        let numbers = "query($id: ID!) { project(id: $id) { rounds(last: 5) { nodes { number } } } }";
        let data = manager.ok(numbers, json!({ "id": app.project.id })).await;
        assert_eq!(data["project"]["rounds"]["nodes"], json!([{ "number": 3 }, { "number": 7 }]));
        let unit = "query($id: ID!) { unit(id: $id) { inspections { status round { number } } } }";
        let data = manager.ok(unit, json!({ "id": app.project.unit("1-101") })).await;
        assert_eq!(data["unit"]["inspections"], json!([
            { "status": "PLANNED", "round": { "number": 3 } }, { "status": "PLANNED", "round": { "number": 7 } },
        ]));
    }

    async fn checklist_is_validated_and_created_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let input = checklist(&app);
        let created = manager.ok(CHECKLIST_CREATE, json!({ "input": input })).await;
        let seen = &created["checklistCreate"]["checklist"];
        assert_eq!((&seen["name"], &seen["version"]), (&json!("Wet rooms"), &json!(1)));
        assert_eq!(seen["currentVersion"], json!({ "number": 1, "frozenAt": null, "items": [
            { "code": "B1", "roomType": "BATHROOM", "part": "WP", "mandatory": true, "text": "Flood test", "measurementRule": null },
            { "code": "B2", "roomType": "BATHROOM", "part": null, "mandatory": false, "text": "Verticality",
              "measurementRule": { "code": "PLASTER_VERT_N", "kind": "ABSOLUTE", "toleranceMax": "4" } },
        ]}));
        assert_eq!(manager.ok(CHECKLIST_CREATE, json!({ "input": input })).await, created);
        let mut other = input.clone();
        other["name"] = json!("Something else");
        assert_eq!(refusals(&manager, CHECKLIST_CREATE, &other).await, ["ID_REUSED checklistId"]);

        let mut faults = checklist(&app);
        faults["items"] = json!([
            { "code": "X", "roomType": "BALLROOM", "part": "PISTON", "zh": " ", "en": "x".repeat(201), "measurementCode": "NONE" },
            { "code": "X ", "roomType": "BATHROOM", "zh": "检查", "en": "Look" },
        ]);
        assert_eq!(refusals(&manager, CHECKLIST_CREATE, &faults).await, [
            "TEXT_REQUIRED items.0.zh", "TEXT_TOO_LONG items.0.en", "INVALID_CODE items.0.roomType",
            "INVALID_CODE items.0.part", "INVALID_CODE items.0.measurementCode", "INVALID_VALUE items.1.code",
        ]);
        let look = |code: &str, zh: &str| json!({ "code": code, "roomType": "BATHROOM", "zh": zh, "en": "Lo\u{202E}ok" });
        faults["items"] = json!([look("B1", "检查"), look("b\u{200B}1", "检查"), look("B2", "\u{3164}"), look("\u{2060}", "检查")]);
        assert_eq!(refusals(&manager, CHECKLIST_CREATE, &faults).await, [
            "INVALID_VALUE items.1.code", "TEXT_REQUIRED items.2.zh", "TEXT_REQUIRED items.3.code",
        ]);
        faults["items"] = json!([look("B\u{202D}1", "检查")]);
        faults["checklistId"] = json!(v7());
        faults["name"] = json!("Texts");
        let texts = manager.ok(CHECKLIST_CREATE, json!({ "input": faults })).await;
        let item = &texts["checklistCreate"]["checklist"]["currentVersion"]["items"][0];
        assert_eq!((&item["code"], &item["text"]), (&json!("B1"), &json!("Look")));
        faults["items"] = json!([look("Ｂ１", "检查")]);
        faults["checklistId"] = json!(v7());
        faults["name"] = json!("Other texts");
        assert_eq!(refusals(&manager, CHECKLIST_CREATE, &faults).await, ["INVALID_CODE items.0.code"]);
        for twin in ["Texts", "ＴＥＸＴＳ", " texts"] {
            let mut same = faults.clone();
            (same["items"], same["name"]) = (json!([look("B1", "检查")]), json!(twin));
            assert_eq!(refusals(&manager, CHECKLIST_CREATE, &same).await, ["CODE_TAKEN name"], "{twin}");
        }
        faults["items"] = json!([]);
        faults["checklistId"] = json!(v7());
        assert_eq!(refusals(&manager, CHECKLIST_CREATE, &faults).await, ["INVALID_VALUE items"]);
        let listed = "query($id: ID!) { project(id: $id) { checklists { name } } }";
        let data = manager.ok(listed, json!({ "id": app.project.id })).await;
        assert_eq!(data["project"]["checklists"], json!([{ "name": "Home" }, { "name": "Texts" }, { "name": "Wet rooms" }]));
        let by_id = "query($id: ID!) { checklist(id: $id) { name } }";
        let stranger = app.user("x.manager").await.ok(by_id, json!({ "id": input["checklistId"] })).await;
        assert_eq!(stranger["checklist"], Value::Null);
    }

    async fn round_of_real_size_is_opened_in_few_statements(db: TestDb) {
        let app = TestApp::start(&db).await;
        let home = units::Entity::find_by_id(app.project.unit("1-101")).one(app.app.db.read()).await;
        let home = home.expect("units").expect("a unit");
        let homes: Vec<units::Model> = (0..3_000)
            .map(|n| units::Model { id: v7().into(), code: format!("9-{n}"), place_order: 9_000_000 + n, ..home.clone() })
            .collect();
        let save = app.app.db.write(async |tx| store::import::save::<units::Entity>(tx, homes).await);
        save.await.expect("3,000 more homes");
        let manager = app.user("manager").await;
        let input = plan(&app, 1, &["DEVELOPER"]);
        manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        let before = app.app.db.statements().count();
        let opened = manager.ok(ROUND_OPEN, json!({ "input": { "roundId": input["roundId"] } })).await;
        let counts = &opened["roundOpen"]["round"]["inspectionCounts"];
        assert_eq!(*counts, json!([{ "status": "PLANNED", "count": 3_006 }]));
        let statements = app.app.db.statements().count() - before;
        assert!(statements < 20, "{statements} statements");
    }
}
