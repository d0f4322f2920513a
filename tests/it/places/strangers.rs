//! Ids of another project at every position that takes an id: the answer is that for an unknown id.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::{FixtureProject, document};
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::log_defect;

/// An id of each kind of object of a project.
fn things(app: &TestApp, project: &FixtureProject, prefix: &str) -> Vec<(&'static str, Uuid)> {
    vec![
        ("Project", project.id),
        ("Company", project.company("A")),
        ("Person", app.person_id(&format!("{prefix}worker.a"))),
        ("Person", app.person_id(&format!("{prefix}owner1"))),
        ("Building", project.building),
        ("UnitType", project.unit_type),
        ("Unit", project.unit("1-101")),
        ("Room", project.room("1-101", "BED")),
        ("ResponsibilityRule", project.rules["TILE"]),
        ("Checklist", project.checklist),
    ]
}

on_both_databases! {
    async fn objects_are_found_by_id_only_by_permitted_readers(db: TestDb) {
        let app = TestApp::start(&db).await;
        let defect = log_defect(&app, "site", "1-101", "LIVING", "WALL.CRACK").await;
        let mut own = things(&app, &app.project, "");
        own.push(("Defect", defect));
        let foreign = things(&app, &app.other, "x.");
        let ids: Vec<Uuid> = own.iter().chain(&foreign).map(|(_, id)| *id).chain([v7(), app.project.plan]).collect();
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let manager = app.user("manager").await;
        manager.ok("{ viewer { name } }", json!({})).await;

        let before = app.app.db.statements().count();
        let nodes = manager.ok(document, json!({ "ids": ids })).await["nodes"].clone();
        let statements = app.app.db.statements().count() - before;
        let expected: Vec<Value> = own
            .iter()
            .map(|(kind, id)| json!({ "__typename": kind, "id": id }))
            .chain(foreign.iter().map(|_| Value::Null))
            .chain([Value::Null, Value::Null])
            .collect();
        assert_eq!(nodes, Value::Array(expected));
        assert!(statements <= 12, "{statements} statements: one for the kinds, one for each of the 10 kinds there");

        // One by one the result is the same; and the strangers see their own objects.
        let one = "query($id: ID!) { node(id: $id) { __typename id } }";
        let stranger = app.user("x.manager").await;
        for (kind, id) in &foreign {
            assert!(manager.ok(one, json!({ "id": id })).await["node"].is_null(), "{kind}");
            assert_eq!(stranger.ok(one, json!({ "id": id })).await["node"]["__typename"], *kind);
        }
        // An owner without an opened unit sees only the own person.
        let nodes = app.user("owner1").await.ok(document, json!({ "ids": ids })).await["nodes"].clone();
        let seen: Vec<&Value> = nodes.as_array().expect("nodes").iter().filter(|node| !node.is_null()).collect();
        assert_eq!(seen, [&json!({ "__typename": "Person", "id": app.person_id("owner1") })]);
        assert_eq!(app.nobody().refused(document, json!({ "ids": ids })).await, ["UNAUTHENTICATED"]);
        let many: Vec<Uuid> = (0..101).map(|_| v7()).collect();
        assert_eq!(manager.refused(document, json!({ "ids": many })).await, ["TOO_MANY"]);
    }

    async fn filter_by_an_id_of_another_project_matches_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "query($id: ID!, $filter: UnitFilter) { project(id: $id) {
            units(filter: $filter) { nodes { code } } } }";
        let manager = app.user("manager").await;
        let codes = async |filter: Value| {
            let data = manager.ok(document, json!({ "id": app.project.id, "filter": filter })).await;
            data["project"]["units"]["nodes"].as_array().expect("units").len()
        };
        assert_eq!(codes(json!({ "buildingId": app.project.building })).await, 6);
        for stranger in [app.other.building, v7()] {
            assert_eq!(codes(json!({ "buildingId": stranger })).await, 0);
            assert_eq!(codes(json!({ "unitTypeId": stranger })).await, 0);
        }
        assert_eq!(codes(json!({ "unitTypeId": app.other.unit_type })).await, 0);
    }

    async fn commands_answer_ids_of_another_project_like_unknown_ids(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (own, other) = (&app.project, &app.other);
        let set = "mutation($input: ResponsibilityRuleSetInput!) {
            responsibilityRuleSet(input: $input) { rule { id } userErrors { code field } } }";
        let remove = "mutation($input: ResponsibilityRuleRemoveInput!) {
            responsibilityRuleRemove(input: $input) { removedRuleId userErrors { code field } } }";
        let policy = "mutation($input: ProjectPolicyUpdateInput!) {
            projectPolicyUpdate(input: $input) { project { id } userErrors { code field } } }";
        let a = own.company("A");
        let cases = [
            (set, json!({ "ruleId": v7(), "projectId": other.id, "companyId": a }), "NOT_FOUND"),
            (set, json!({ "ruleId": v7(), "projectId": v7(), "companyId": a }), "NOT_FOUND"),
            (set, json!({ "ruleId": v7(), "projectId": own.id, "companyId": other.company("A") }), "NOT_FOUND"),
            (set, json!({ "ruleId": v7(), "projectId": own.id, "companyId": v7() }), "NOT_FOUND"),
            (
                set,
                json!({ "ruleId": v7(), "projectId": own.id, "companyId": a, "buildingId": other.building }),
                "NOT_FOUND",
            ),
            (set, json!({ "ruleId": other.rules["TILE"], "projectId": own.id, "companyId": a }), "ID_REUSED"),
            (remove, json!({ "ruleId": other.rules["TILE"] }), "NOT_FOUND"),
            (remove, json!({ "ruleId": v7() }), "NOT_FOUND"),
            (policy, json!({ "projectId": other.id, "skipDaysOff": true }), "NOT_FOUND"),
            (policy, json!({ "projectId": v7(), "skipDaysOff": true }), "NOT_FOUND"),
        ];
        let manager = app.user("manager").await;
        for (command, input, code) in cases {
            assert_eq!(manager.refused(command, json!({ "input": input })).await, [code], "{command} {input}");
        }
    }

    async fn manager_imports_only_the_own_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            project { id code } report { kinds { kind created updated unchanged notInFile } }
            userErrors { code message field } } }";
        let file = |code: &str, prefix: &str| json!({ "content": document(code, prefix).to_string() });
        let manager = app.user("manager").await;
        let again = manager.ok(import, file("HOME", "")).await["projectImport"].clone();
        assert_eq!(again["project"], json!({ "id": app.project.id, "code": "HOME" }));
        for kind in again["report"]["kinds"].as_array().expect("kinds") {
            assert_eq!((&kind["created"], &kind["updated"]), (&json!(0), &json!(0)), "{kind}");
        }
        assert_eq!(manager.refused(import, file("OTHER", "x.")).await, ["ROLE_NOT_ALLOWED"]);
        assert_eq!(manager.refused(import, file("NEW", "y.")).await, ["ROLE_NOT_ALLOWED"]);
        for login in ["site", "supervisor", "lead.a", "owner1"] {
            assert_eq!(app.user(login).await.refused(import, file("HOME", "")).await, ["ROLE_NOT_ALLOWED"], "{login}");
        }
        let root = app.user("root").await;
        let new = root.ok(import, file("NEW", "y.")).await["projectImport"].clone();
        assert_eq!(new["project"]["code"], "NEW");
        assert_eq!(new["report"]["kinds"][0], json!({
            "kind": "PROJECT", "created": 1, "updated": 0, "unchanged": 0, "notInFile": 0 }));

        let mut wrong = document("HOME", "");
        wrong["unitRanges"][0]["positions"][1]["unitType"] = "T2".into();
        let answer = manager.query(import, json!({ "content": wrong.to_string() })).await;
        let error = &answer["data"]["projectImport"]["userErrors"][0];
        assert_eq!(error["code"], "IMPORT_INVALID");
        assert_eq!(error["field"], json!(["unitRanges", "0", "positions", "1", "unitType"]));
        assert!(error["message"].as_str().is_some_and(|text| text.contains("no unit type \"T2\"")), "{error}");
        assert!(answer["data"]["projectImport"]["project"].is_null());
    }
}
