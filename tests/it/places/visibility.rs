//! The visibility of a project: staff of each party, and owners before and after their unit is opened.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::{log_defect, texts};

const PROJECT: &str = "query($id: ID!) { project(id: $id) {
    code name timeZone version policy { verification verifyingParties daysBySeverity { severity days } weekdaysOff }
    companies { code } members(first: 100) { nodes { role person { name } company { code } } }
    buildings { code units(first: 100) { nodes { code } } } unitTypes { code areaM2 fitout }
    units(first: 100) { nodes { code } }
    responsibilityRules { trade company { code } } terms { kind } defectTypes { code } measurementRules { code }
    checklists { id } events(first: 100) { nodes { name } } defectCount
} }";

async fn project_of(app: &TestApp, login: &str) -> Value {
    app.user(login).await.ok(PROJECT, json!({ "id": app.project.id })).await["project"].clone()
}

fn count(list: &Value) -> usize {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).len()
}

on_both_databases! {
    async fn each_person_sees_only_the_own_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "query($id: ID!) { viewer { name } project(id: $id) { code } projects { nodes { code } } }";
        for (login, project, seen, listed) in [
            ("manager", &app.project, true, 1),
            ("worker.a", &app.project, true, 1),
            ("x.manager", &app.other, true, 1),
            ("x.manager", &app.project, false, 1),
            ("manager", &app.other, false, 1),
            ("owner1", &app.project, false, 0),
            ("root", &app.project, false, 0),
        ] {
            let data = app.user(login).await.ok(document, json!({ "id": project.id })).await;
            assert_eq!(data["project"]["code"] == json!(project.code), seen, "{login}: {data}");
            assert_eq!(count(&data["projects"]["nodes"]), listed, "{login}: {data}");
        }
        assert_eq!(app.nobody().refused(document, json!({ "id": app.project.id })).await, ["UNAUTHENTICATED"]);
    }

    async fn staff_of_every_party_see_the_places_and_the_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        for login in ["manager", "site", "relations", "lead.a", "worker.b", "supervisor", "property", "escort"] {
            let project = project_of(&app, login).await;
            assert_eq!(project["timeZone"], "Asia/Shanghai");
            assert_eq!(project["policy"]["verifyingParties"], json!(["DEVELOPER", "SUPERVISOR"]), "{login}");
            assert_eq!(project["policy"]["daysBySeverity"][0], json!({ "severity": "CRITICAL", "days": 3 }));
            assert_eq!(texts(&project["companies"], "code"), ["A", "B", "DEV", "PROP", "SUP"], "{login}");
            assert_eq!(count(&project["members"]["nodes"]), 10, "{login}");
            assert_eq!(project["members"]["nodes"][0]["person"]["name"], "manager by name");
            let codes = ["1-101", "1-102", "1-201", "1-202", "1-301", "1-302"];
            assert_eq!(texts(&project["units"]["nodes"], "code"), codes, "{login}");
            assert_eq!(texts(&project["buildings"][0]["units"]["nodes"], "code"), codes, "{login}");
            assert_eq!(project["unitTypes"], json!([{ "code": "T", "areaM2": "70.5", "fitout": "FITTED" }]));
            assert_eq!(count(&project["responsibilityRules"]), 4, "{login}");
            assert_eq!(count(&project["checklists"]), 1, "{login}");
            assert!(count(&project["defectTypes"]) > 50 && count(&project["measurementRules"]) > 10, "{login}");
            assert!(texts(&project["terms"], "kind").contains(&"ESCALATION_RULE".to_owned()), "{login}");
        }
    }

    async fn owner_sees_only_the_own_opened_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        log_defect(&app, "site", "1-101", "LIVING", "WALL.CRACK").await;
        log_defect(&app, "site", "1-102", "LIVING", "WALL.CRACK").await;
        assert_eq!(project_of(&app, "owner1").await, Value::Null);

        app.open_to_owner(app.project.unit("1-101")).await;
        let project = project_of(&app, "owner1").await;
        assert_eq!(project["name"], "Project HOME");
        assert_eq!(texts(&project["units"]["nodes"], "code"), ["1-101"]);
        assert_eq!(texts(&project["buildings"][0]["units"]["nodes"], "code"), ["1-101"]);
        assert_eq!(texts(&project["unitTypes"], "code"), ["T"]);
        assert_eq!(project["defectCount"], 1);
        assert!(project["policy"].is_null());
        for hidden in ["companies", "responsibilityRules", "measurementRules", "checklists"] {
            assert_eq!(project[hidden], json!([]), "{hidden}");
        }
        for hidden in ["members", "events"] {
            assert_eq!(project[hidden]["nodes"], json!([]), "{hidden}");
        }
        let kinds = texts(&project["terms"], "kind");
        assert!(kinds.contains(&"ROOM_TYPE".to_owned()) && !kinds.contains(&"ESCALATION_RULE".to_owned()));
        // The neighbour, whose unit is not opened, still sees nothing.
        assert_eq!(project_of(&app, "owner2").await, Value::Null);
    }

    async fn owner_reads_the_own_unit_with_its_plan(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let document = "query($id: ID!) { unit(id: $id) {
            code floor kind openedAt version building { code } owners { kind }
            unitType { rooms { code } plan { id version width height url } plans { id } }
            rooms { code name roomType outline { x y } unit { code } }
        } }";
        let owner = app.user("owner1").await;
        let unit = owner.ok(document, json!({ "id": app.project.unit("1-101") })).await["unit"].clone();
        assert_eq!((&unit["code"], &unit["floor"], &unit["kind"]), (&json!("1-101"), &json!(1), &json!("RESIDENTIAL")));
        assert_eq!(unit["openedAt"], tests::app::START);
        assert_eq!(unit["building"]["code"], "1");
        assert_eq!(unit["owners"], json!([]), "an owner is shown no owners");
        assert_eq!(texts(&unit["rooms"], "code"), ["LIVING", "BED", "BATH", "KITCHEN"]);
        assert_eq!(unit["rooms"][1]["outline"][2], json!({ "x": 1.0, "y": 0.5 }));
        let plan = &unit["unitType"]["plan"];
        assert_eq!(plan["id"], json!(app.project.plan));
        assert_eq!((&plan["version"], &plan["width"], &plan["height"]), (&json!(1), &json!(400), &json!(300)));
        assert_eq!(count(&unit["unitType"]["plans"]), 1);
        let picture = app.client().get(plan["url"].as_str().expect("a link")).send().await.expect("an answer");
        assert_eq!(picture.headers()["content-type"], "image/png");
        assert!(picture.status().is_success());

        let neighbour = owner.ok(document, json!({ "id": app.project.unit("1-102") })).await;
        assert!(neighbour["unit"].is_null(), "{neighbour}");
    }

    async fn owners_are_shown_only_to_permitted_roles(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "query($id: ID!, $person: ID!) {
            unit(id: $id) { owners { kind person { name phone } } } node(id: $person) { id }
        }";
        let owner = app.person_id("owner1");
        for (login, shown) in [
            ("manager", true),
            ("relations", true),
            ("property", true),
            ("escort", true),
            ("site", false),
            ("supervisor", false),
            ("lead.a", false),
            ("worker.b", false),
        ] {
            let variables = json!({ "id": app.project.unit("1-101"), "person": owner });
            let data = app.user(login).await.ok(document, variables).await;
            let person = json!({ "name": "owner1 by name", "phone": "+86 138 0000 0000" });
            let owners = if shown { json!([{ "kind": "OWNER", "person": person }]) } else { json!([]) };
            assert_eq!(data["unit"]["owners"], owners, "{login}");
            assert_eq!(!data["node"].is_null(), shown, "{login}: {data}");
        }
    }

    async fn contractor_reads_only_its_own_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let of_a = log_defect(&app, "site", "1-101", "LIVING", "WALL.CRACK").await;
        let of_b = log_defect(&app, "site", "1-101", "LIVING", "WALL.TILE_CRACK").await;
        let document = "query($id: ID!, $room: ID!) {
            project(id: $id) { defectCount events(first: 100) { nodes { name objectId } } }
            node(id: $room) { ... on Room { defects { id } } }
        }";
        let all = [of_a.to_string(), of_b.to_string()];
        for (login, seen) in [("lead.a", &all[..1]), ("worker.b", &all[1..]), ("supervisor", &all[..])] {
            let variables = json!({ "id": app.project.id, "room": app.project.room("1-101", "LIVING") });
            let data = app.user(login).await.ok(document, variables).await;
            assert_eq!(data["project"]["defectCount"], json!(seen.len()), "{login}");
            assert_eq!(texts(&data["node"]["defects"], "id"), seen, "{login}");
            let events = data["project"]["events"]["nodes"].as_array().expect("events");
            let logged: Vec<&str> = events
                .iter()
                .filter(|event| event["name"] == "DEFECT_LOGGED")
                .filter_map(|event| event["objectId"].as_str())
                .collect();
            let newest_first: Vec<&str> = seen.iter().rev().map(String::as_str).collect();
            assert_eq!(logged, newest_first, "{login}");
            assert_eq!(events.last().map(|event| &event["name"]), Some(&json!("PROJECT_IMPORTED")), "{login}");
        }
    }
}
