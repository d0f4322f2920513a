//! Responsibility rules: setting, changing, removing, rights, and the assignment of new defects.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::log_defect;

const SET: &str = "mutation($input: ResponsibilityRuleSetInput!) { responsibilityRuleSet(input: $input) {
    rule { id trade building { code } unitKind company { code } priority version }
    userErrors { code message field } } }";
const REMOVE: &str = "mutation($input: ResponsibilityRuleRemoveInput!) { responsibilityRuleRemove(input: $input) {
    removedRuleId userErrors { code message field } } }";

/// The responsible company of a new defect of the type.
async fn routed(app: &TestApp, kind: &str) -> Value {
    let id = log_defect(app, "site", "1-101", "LIVING", kind).await;
    let document = "query($id: ID!) { defect(id: $id) { responsibleCompany { code } } }";
    let data = app.user("manager").await.ok(document, json!({ "id": id })).await;
    data["defect"]["responsibleCompany"]["code"].clone()
}

on_both_databases! {
    async fn rule_assigns_new_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        assert_eq!(routed(&app, "WALL.STRUCT_CRACK").await, Value::Null, "CIVIL has no rule yet");
        let (rule_id, project_id) = (v7(), app.project.id);
        let input = json!({
            "ruleId": rule_id, "projectId": project_id, "trade": "CIVIL", "buildingId": app.project.building,
            "companyId": app.project.company("B"), "priority": 7,
        });
        let set = site.ok(SET, json!({ "input": input })).await["responsibilityRuleSet"]["rule"].clone();
        let rule = json!({
            "id": rule_id, "trade": "CIVIL", "building": { "code": "1" }, "unitKind": null,
            "company": { "code": "B" }, "priority": 7, "version": 1,
        });
        assert_eq!(set, rule);
        assert_eq!(routed(&app, "WALL.STRUCT_CRACK").await, "B");

        // A repetition: no second rule, no new version, no second event.
        let before = tests::snapshot::fingerprint(&app.app.db).await;
        let again = site.ok(SET, json!({ "input": input })).await;
        assert_eq!(again["responsibilityRuleSet"]["rule"], rule);
        assert_eq!(before, tests::snapshot::fingerprint(&app.app.db).await);

        // Left out = unchanged, null = any.
        let change = json!({
            "ruleId": rule_id, "projectId": project_id, "buildingId": null, "companyId": app.project.company("A"),
        });
        let changed = site.ok(SET, json!({ "input": change })).await["responsibilityRuleSet"]["rule"].clone();
        assert_eq!(changed["trade"], "CIVIL");
        assert_eq!((&changed["building"], &changed["priority"]), (&Value::Null, &json!(7)));
        assert_eq!((&changed["company"]["code"], &changed["version"]), (&json!("A"), &json!(2)));
        assert_eq!(routed(&app, "WALL.STRUCT_CRACK").await, "A");

        let removed = site.ok(REMOVE, json!({ "input": { "ruleId": rule_id } })).await;
        assert_eq!(removed["responsibilityRuleRemove"]["removedRuleId"], json!(rule_id));
        assert_eq!(routed(&app, "WALL.STRUCT_CRACK").await, Value::Null);
        site.ok(REMOVE, json!({ "input": { "ruleId": rule_id } })).await;
        // A late repetition of the create does not restore it.
        assert_eq!(site.refused(SET, json!({ "input": input })).await, ["NOT_FOUND"]);

        let events = "query($id: ID!) { project(id: $id) { events(first: 100) { nodes { name objectId } } } }";
        let data = site.ok(events, json!({ "id": project_id })).await;
        let told: Vec<&Value> = data["project"]["events"]["nodes"]
            .as_array()
            .expect("events")
            .iter()
            .filter(|event| event["objectId"] == json!(rule_id))
            .map(|event| &event["name"])
            .collect();
        let (set, removed) = ("RESPONSIBILITY_RULE_SET", "RESPONSIBILITY_RULE_REMOVED");
        assert_eq!(told, [removed, set, set]);
    }

    async fn removed_rule_is_a_tombstone_in_the_changes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let rule_id = app.project.rules["TILE"];
        app.user("manager").await.ok(REMOVE, json!({ "input": { "ruleId": rule_id } })).await;
        let document = "query($id: ID!) { changes(projectId: $id, first: 500) { nodes { id kind deleted object { id } } } }";
        let data = app.user("manager").await.ok(document, json!({ "id": app.project.id })).await;
        let nodes = data["changes"]["nodes"].as_array().expect("changes").clone();
        let found: Vec<Value> = nodes.into_iter().filter(|change| change["id"] == json!(rule_id)).collect();
        assert_eq!(found, [json!({ "id": rule_id, "kind": "RESPONSIBILITY_RULE", "deleted": true, "object": null })]);
    }

    async fn invalid_rule_is_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let tile = app.project.rules["TILE"];
        let a = app.project.company("A");
        let full = |change: Value| {
            let mut input = json!({ "ruleId": v7(), "projectId": app.project.id, "companyId": a, "trade": "CIVIL" });
            for (name, value) in change.as_object().expect("fields") {
                input[name] = value.clone();
            }
            json!({ "input": input })
        };
        let manager = app.user("manager").await;
        for (change, code) in [
            (json!({ "trade": "MAGIC" }), "INVALID_CODE"),
            (json!({ "trade": "WALL" }), "INVALID_CODE"),
            (json!({ "trade": "TILE" }), "RULE_TAKEN"),
            (json!({ "ruleId": tile, "trade": "PLASTER" }), "RULE_TAKEN"),
            (json!({ "companyId": app.project.company("SUP") }), "NOT_A_CONTRACTOR"),
            (json!({ "companyId": app.project.company("DEV") }), "NOT_A_CONTRACTOR"),
            (json!({ "priority": -1 }), "INVALID_VALUE"),
            (json!({ "priority": 1001 }), "INVALID_VALUE"),
            (json!({ "ruleId": uuid::Uuid::from_u128(4) }), "INVALID_ID"),
            (json!({ "ruleId": tile, "expectedVersion": 9 }), "STALE_VERSION"),
            // The id of another object.
            (json!({ "ruleId": log_defect(&app, "site", "1-101", "BED", "WALL.CRACK").await }), "ID_REUSED"),
        ] {
            assert_eq!(manager.refused(SET, full(change.clone())).await, [code], "{change}");
        }
        for login in ["relations", "supervisor", "property", "escort", "lead.a", "worker.a"] {
            let user = app.user(login).await;
            assert_eq!(user.refused(SET, full(json!({}))).await, ["ROLE_NOT_ALLOWED"], "{login}");
            let remove = json!({ "input": { "ruleId": tile } });
            assert_eq!(user.refused(REMOVE, remove).await, ["ROLE_NOT_ALLOWED"], "{login}");
        }
        app.open_to_owner(app.project.unit("1-101")).await;
        let owner = app.user("owner1").await;
        assert_eq!(owner.refused(SET, full(json!({}))).await, ["ROLE_NOT_ALLOWED"]);
        assert_eq!(owner.refused(REMOVE, json!({ "input": { "ruleId": tile } })).await, ["NOT_FOUND"]);
        assert_eq!(app.nobody().refused(SET, full(json!({}))).await, ["UNAUTHENTICATED"]);
        let stale = json!({ "input": { "ruleId": tile, "expectedVersion": 3 } });
        assert_eq!(manager.refused(REMOVE, stale).await, ["STALE_VERSION"]);
        let answer = manager.query(SET, full(json!({ "ruleId": tile, "expectedVersion": 9 }))).await;
        let rule = &answer["data"]["responsibilityRuleSet"]["rule"];
        assert_eq!((&rule["trade"], &rule["version"]), (&json!("TILE"), &json!(1)), "as it is now: {answer}");
    }
}
