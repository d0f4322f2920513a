//! A unit is opened to its present owner, and with blocking defects only for a reason.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use crate::evidence::{log, refused, run};

const OPEN: &str = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) {
    results { unitId unit { openedAt } userErrors { code field } } } }";

/// Whether an owner sees the unit.
async fn sees(owner: &User<'_>, unit: Uuid) -> bool {
    owner.ok("query($id: ID!) { unit(id: $id) { id } }", json!({ "id": unit })).await["unit"].is_object()
}

/// The newest event of the project.
async fn newest(app: &TestApp) -> Value {
    let document = "query($id: ID!) { project(id: $id) { events(first: 1) { nodes { name objectId reason } } } }";
    let read = app.user("manager").await.ok(document, json!({ "id": app.project.id })).await;
    read["project"]["events"]["nodes"][0].clone()
}

on_both_databases! {
    async fn unit_with_blocking_defects_is_opened_only_with_a_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, relations) = (app.user("site").await, app.user("relations").await);
        let (owner, neighbour) = (app.user("owner1").await, app.user("owner2").await);
        let (home, next) = (app.project.unit("1-101"), app.project.unit("1-102"));
        let critical = log(&app, &site, "1-101", json!({ "severity": "CRITICAL" })).await;
        log(&app, &site, "1-102", json!({ "severity": "MINOR" })).await;
        let open = |reason: Value| json!({ "unitIds": [home], "reason": reason });
        for reason in [Value::Null, json!("  ")] {
            assert_eq!(refused(&relations, "unitOpenToOwner", open(reason)).await, ["BLOCKERS_NEED_REASON"]);
        }
        assert!(!sees(&owner, home).await);

        // Each unit is decided separately: a minor defect does not block.
        let both = json!({ "input": { "unitIds": [home, next] } });
        let results = relations.read(OPEN, both).await["unitOpenToOwner"]["results"].clone();
        assert_eq!((&results[0]["unitId"], &results[0]["unit"]["openedAt"]), (&json!(home), &Value::Null));
        assert_eq!(results[0]["userErrors"], json!([{ "code": "BLOCKERS_NEED_REASON", "field": ["reason"] }]));
        assert_eq!((&results[1]["unitId"], &results[1]["userErrors"]), (&json!(next), &json!([])));
        assert!(!sees(&owner, home).await && sees(&neighbour, next).await);

        run(&relations, "unitOpenToOwner", open(json!("the family moves in on Friday"))).await;
        assert!(sees(&owner, home).await);
        let told = json!({ "name": "UNIT_OPENED_TO_OWNER", "objectId": home, "reason": "the family moves in on Friday" });
        assert_eq!(newest(&app).await, told);
        // An open unit stays open, and closing needs no reason.
        run(&relations, "unitOpenToOwner", open(Value::Null)).await;
        assert_eq!(newest(&app).await, told);
        run(&relations, "unitCloseToOwner", json!({ "unitIds": [home] })).await;
        assert!(!sees(&owner, home).await);
        assert_eq!(refused(&relations, "unitOpenToOwner", open(Value::Null)).await, ["BLOCKERS_NEED_REASON"]);
        // A waived or resolved blocker needs no reason.
        let waiver = v7();
        let waive = json!({ "waiverId": waiver, "unitId": home, "blocker": "BLOCKING_DEFECT_OPEN", "subjectId": critical,
            "reason": "repaired after the handover" });
        run(&app.user("manager").await, "readinessWaive", waive).await;
        run(&relations, "unitOpenToOwner", open(Value::Null)).await;
        assert!(sees(&owner, home).await);
    }

    async fn unit_without_an_owner_is_not_opened(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, relations) = (app.user("manager").await, app.user("relations").await);
        let unit = app.project.unit("1-201");
        let open = || json!({ "unitIds": [unit], "reason": "the notice is out" });
        let change = async |field: &str, what: Value| {
            let mut input = json!({ "unitId": unit });
            input[field] = what;
            run(&manager, "unitOwnershipChange", input).await;
        };
        assert_eq!(refused(&relations, "unitOpenToOwner", open()).await, ["NO_OWNER"]);
        // Nor with a former owner only.
        let first = v7();
        change("add", json!({ "ownershipId": first, "personId": app.person_id("owner1") })).await;
        change("end", json!({ "ownershipId": first, "reason": "SOLD" })).await;
        assert_eq!(refused(&relations, "unitOpenToOwner", open()).await, ["NO_OWNER"]);
        change("add", json!({ "ownershipId": v7(), "personId": app.person_id("owner2") })).await;
        run(&relations, "unitOpenToOwner", open()).await;
        assert!(sees(&app.user("owner2").await, unit).await);
    }
}
