//! Events and repeated operations contain no id that a contractor's fields hide: ids of another contractor's defects
//! and assignees.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;
use crate::sync::{Tablet, codes, operation, outcomes};

/// Runs a mutation as the delivery manager.
async fn run(app: &TestApp, mutation: &str, input: Value) {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
    app.user("manager").await.ok(&document, json!({ "input": input })).await;
}

/// Logs a defect of the same unit: of plaster, which is contractor A's, or of tiles, which is contractor B's.
async fn log(app: &TestApp, kind: &str) -> Uuid {
    let id = v7();
    let unit = app.project.unit("1-101");
    run(app, "defectLog", json!({ "defectId": id, "unitId": unit, "type": kind, "severity": "MAJOR" })).await;
    id
}

/// The data of a defect's last event of a name, as a person reads it.
async fn data(app: &TestApp, login: &str, defect: Uuid, name: &str) -> Value {
    let document = "query($id: ID!) { defect(id: $id) { events { name data } } }";
    let read = app.user(login).await.ok(document, json!({ "id": defect })).await;
    let events = read["defect"]["events"].as_array().cloned().unwrap_or_default();
    let found = events.into_iter().rfind(|event| event["name"] == name);
    found.unwrap_or_else(|| panic!("{login} reads no {name}: {read}"))["data"].clone()
}

on_both_databases! {
    async fn moved_photo_names_to_each_contractor_only_its_own_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (plaster, other) = (log(&app, "WALL.CRACK").await, log(&app, "WALL.CRACK").await);
        let tiles = log(&app, "WALL.TILE_CRACK").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &app.user("manager").await, plaster, "BEFORE").await;
        run(&app, "photoUpdate", json!({ "photoId": shot.id, "defectId": other })).await;
        let within = json!({ "from": plaster, "to": other });
        assert_eq!(data(&app, "lead.a", plaster, "PHOTO_UPDATED").await["defectId"], within);
        run(&app, "photoUpdate", json!({ "photoId": shot.id, "defectId": tiles })).await;
        let (left, came) = (json!({ "from": other, "to": null }), json!({ "from": null, "to": tiles }));
        for login in ["lead.a", "worker.a"] {
            assert_eq!(data(&app, login, other, "PHOTO_UPDATED").await["defectId"], left, "{login}");
        }
        for login in ["lead.b", "worker.b"] {
            assert_eq!(data(&app, login, tiles, "PHOTO_UPDATED").await["defectId"], came, "{login}");
        }
        for login in ["manager", "supervisor"] {
            let whole = json!({ "from": other, "to": tiles });
            assert_eq!(data(&app, login, tiles, "PHOTO_UPDATED").await["defectId"], whole, "{login}");
        }
    }

    async fn merge_names_no_defect_that_a_contractor_does_not_see(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (plaster, tiles) = (log(&app, "WALL.CRACK").await, log(&app, "WALL.TILE_CRACK").await);
        run(&app, "defectMerge", json!({ "defectId": plaster, "intoDefectId": tiles })).await;
        assert_eq!(data(&app, "lead.a", plaster, "DEFECT_MERGED").await["into"], Value::Null);
        let added = data(&app, "lead.b", tiles, "DEFECT_DUPLICATE_ADDED").await;
        assert_eq!(added, json!({ "defectId": null, "number": null }));
        assert_eq!(data(&app, "manager", plaster, "DEFECT_MERGED").await["into"], json!(tiles));
        assert_eq!(data(&app, "manager", tiles, "DEFECT_DUPLICATE_ADDED").await["defectId"], json!(plaster));
        run(&app, "defectUnmerge", json!({ "defectId": plaster })).await;
        assert_eq!(data(&app, "lead.a", plaster, "DEFECT_UNMERGED").await["from"], Value::Null);
        assert_eq!(data(&app, "lead.b", tiles, "DEFECT_DUPLICATE_REMOVED").await["defectId"], Value::Null);
        assert_eq!(data(&app, "manager", plaster, "DEFECT_UNMERGED").await["from"], json!(tiles));
        run(&app, "defectVoid", json!({ "defectId": plaster, "reason": "DUPLICATE", "duplicateOf": tiles })).await;
        assert_eq!(data(&app, "lead.a", plaster, "DEFECT_VOIDED").await["duplicateOf"], Value::Null);
        assert_eq!(data(&app, "manager", plaster, "DEFECT_VOIDED").await["duplicateOf"], json!(tiles));
        // A contractor who gets to see the other defect reads its id.
        run(&app, "defectAssign", json!({ "defectId": tiles, "companyId": app.project.company("A") })).await;
        assert_eq!(data(&app, "lead.a", plaster, "DEFECT_MERGED").await["into"], json!(tiles));
    }

    /// An operation that is checked again is stored again, which would distinguish a hidden defect from an unknown one.
    async fn refused_operation_is_checked_again_only_on_visible_objects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (plaster, lead) = (log(&app, "WALL.CRACK").await, Tablet::of(&app, "lead.b").await);
        let comment = |defect: Uuid| operation("defectComment", json!({
            "defectId": defect, "commentId": v7(), "body": "wet", "visibility": "SHARED" }), None);
        let operations = [comment(plaster), comment(v7())];
        let kept = async || {
            let document = "query($device: ID!) { syncOperations(deviceId: $device, first: 100) {
                nodes { id outcome recordedAt userErrors { code } } } }";
            lead.user.read(document, json!({ "device": lead.id })).await["syncOperations"]["nodes"].clone()
        };
        let mut first = Value::Null;
        for _ in 0..2 {
            let results = lead.push(&operations).await;
            assert_eq!(outcomes(&results), ["REJECTED", "REJECTED"]);
            assert!(results.iter().all(|result| codes(result) == ["NOT_FOUND"]), "{results:#?}");
            if first.is_null() {
                first = kept().await;
                assert_eq!(first.as_array().map(Vec::len), Some(2));
            }
            app.advance_seconds(60);
        }
        assert_eq!(kept().await, first);
        run(&app, "defectAssign", json!({ "defectId": plaster, "companyId": app.project.company("B") })).await;
        assert_eq!(outcomes(&lead.push(&operations).await), ["APPLIED", "REJECTED"]);
    }

    async fn assignee_is_shown_to_the_own_company_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (defect, worker) = (log(&app, "WALL.CRACK").await, app.person_id("worker.a"));
        run(&app, "defectAssign", json!({
            "defectId": defect, "companyId": app.project.company("A"), "assigneeId": worker,
        })).await;
        let other = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) { userErrors { code } } }";
        let nobody = json!({ "input": { "defectId": defect, "assigneeId": null } });
        app.user("lead.a").await.ok(other, nobody).await;
        let named = json!({ "input": { "defectId": defect, "assigneeId": worker } });
        app.user("lead.a").await.ok(other, named).await;
        for login in ["lead.a", "worker.a", "manager", "site"] {
            for name in ["DEFECT_ASSIGNED", "DEFECT_ASSIGNEE_SET"] {
                assert_eq!(data(&app, login, defect, name).await["assigneeId"], json!(worker), "{login} {name}");
            }
        }
        run(&app, "defectAssign", json!({ "defectId": defect, "companyId": app.project.company("B") })).await;
        let set = data(&app, "lead.b", defect, "DEFECT_ASSIGNEE_SET").await;
        assert_eq!((&set["assigneeId"], &set["companyId"]), (&Value::Null, &json!(app.project.company("A"))));
        assert_eq!(data(&app, "lead.a", defect, "DEFECT_ASSIGNEE_SET").await["assigneeId"], json!(worker));
    }
}
