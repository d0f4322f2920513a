//! Another person's change since the device's version stays, whichever command the device pushes over it.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use uuid::Uuid;

use super::{Tablet, codes, operation, outcomes};
use crate::inspections::setup::{PLACES, Round};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

const PHOTO: &str = "query($id: ID!) { photo(id: $id) { version stage state defectId } }";
const APPLY: &str = "mutation($id: ID!) { pendingEditApply(input: { pendingEditId: $id }) { userErrors { code } } }";

async fn photo(tablet: &Tablet<'_>, id: Uuid) -> Value {
    tablet.user.ok(PHOTO, json!({ "id": id })).await["photo"].clone()
}

fn move_to(photo: Uuid, defect: Uuid, base: Option<i64>) -> Value {
    operation("photoUpdate", json!({ "photoId": photo, "defectId": defect }), base)
}

on_both_databases! {
    async fn photo_that_another_person_has_moved_stays_there(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let [wrong, right, third] = [ana.log("1-101").await, ana.log("1-101").await, ana.log("1-102").await];
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &ana.user, wrong, "BEFORE").await;
        let seen = photo(&ana, shot.id).await["version"].as_i64();
        assert_eq!(manager.push_one(&move_to(shot.id, right, seen)).await["outcome"], "APPLIED");

        let theirs = ana.push_one(&move_to(shot.id, third, seen)).await;
        assert_eq!((&theirs["outcome"], codes(&theirs)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{theirs:#}");
        let conflict = &theirs["conflict"][0];
        assert_eq!((&conflict["field"], &conflict["changedBy"]["id"]), (&json!("defectId"), &json!(manager.user.id)));
        assert_eq!((&conflict["yours"], &conflict["theirs"]), (&json!(third), &json!(right)));
        let slip = operation("photoWithdraw", json!({ "photoId": shot.id, "reason": "the wrong wall" }), seen);
        assert_eq!(ana.push_one(&slip).await["outcome"], "CONFLICT", "the slip is mended already");
        let now = photo(&ana, shot.id).await;
        assert_eq!((&now["defectId"], &now["state"]), (&json!(right), &json!("READY")));

        manager.user.ok(APPLY, json!({ "id": theirs["pendingEdit"]["id"] })).await;
        assert_eq!(photo(&ana, shot.id).await["defectId"], json!(third));
    }

    async fn photo_that_the_same_device_has_moved_moves_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let ana = Tablet::of(&app, "site").await;
        let [first, second, third] = [ana.log("1-101").await, ana.log("1-101").await, ana.log("1-101").await];
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &ana.user, first, "BEFORE").await;
        let seen = photo(&ana, shot.id).await["version"].as_i64();
        let slip = operation("photoWithdraw", json!({ "photoId": shot.id, "reason": "the wrong wall" }), seen);
        let done = ana.push(&[move_to(shot.id, second, seen), move_to(shot.id, third, seen), slip]).await;
        assert_eq!(outcomes(&done), ["APPLIED", "APPLIED", "APPLIED"], "{done:#?}");
        assert_eq!(photo(&ana, shot.id).await["defectId"], json!(third));
    }

    async fn assignee_who_took_the_repair_on_stays(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead, worker) =
            (Tablet::of(&app, "site").await, Tablet::of(&app, "lead.a").await, Tablet::of(&app, "worker.a").await);
        let id = site.log("1-101").await;
        let seen = lead.defect(id).await["version"].as_i64();
        assert_eq!(worker.push_one(&operation("defectStart", json!({ "defectId": id }), seen)).await["outcome"], "APPLIED");
        let name = json!({ "defectId": id, "assigneeId": lead.user.id });
        let theirs = lead.push_one(&operation("defectAssign", name, seen)).await;
        assert_eq!((&theirs["outcome"], codes(&theirs)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{theirs:#}");
        let conflict = &theirs["conflict"][0];
        assert_eq!((&conflict["field"], &conflict["theirs"]), (&json!("assigneeId"), &json!(worker.user.id)));
        let assignee = "query($id: ID!) { defect(id: $id) { assignee { id } } }";
        let named = lead.user.ok(assignee, json!({ "id": id })).await["defect"]["assignee"]["id"].clone();
        assert_eq!(named, json!(worker.user.id));
    }

    async fn due_time_that_another_person_has_set_stays(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let id = site.log("1-101").await;
        let seen = site.defect(id).await["version"].as_i64();
        let until = |due: &str| {
            let input = json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": due });
            operation("defectAssign", input, seen)
        };
        let (first, second) = ("2026-04-20T00:00:00.000Z", "2026-05-20T00:00:00.000Z");
        assert_eq!(manager.push_one(&until(first)).await["outcome"], "APPLIED");
        let theirs = site.push_one(&until(second)).await;
        assert_eq!((&theirs["outcome"], codes(&theirs)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{theirs:#}");
        let conflict = &theirs["conflict"][0];
        assert_eq!((&conflict["field"], &conflict["changedBy"]["id"]), (&json!("dueAt"), &json!(manager.user.id)));
        let due = "query($id: ID!) { defect(id: $id) { dueAt } }";
        assert_eq!(site.user.ok(due, json!({ "id": id })).await["defect"]["dueAt"], json!(first));
        // The deciding person applies the other one after all.
        manager.user.ok(APPLY, json!({ "id": theirs["pendingEdit"]["id"] })).await;
        assert_eq!(site.user.ok(due, json!({ "id": id })).await["defect"]["dueAt"], json!(second));
    }

    async fn result_of_a_colleague_is_not_cleared_without_being_seen(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (ana, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let inspection = round.inspection("1-101");
        let record = |places: &[(&str, &str)], result: &str, base: Option<i64>| {
            let results: Vec<Value> =
                places.iter().map(|&place| round.result("1-101", place, result, Some("looked"))).collect();
            operation("checkResultsRecord", json!({ "inspectionId": inspection, "results": results }), base)
        };
        assert_eq!(ana.push_one(&record(&PLACES[..2], "FAIL", Some(1))).await["outcome"], "APPLIED");
        let seen = round.read("1-101", "version").await["version"].as_i64();
        assert_eq!(manager.push_one(&record(&PLACES[..1], "PASS", seen)).await["outcome"], "APPLIED");

        let place = |n: usize| {
            let (room, item) = PLACES[n];
            json!({ "roomId": app.project.room("1-101", room), "itemId": round.item(item) })
        };
        let both = json!({ "inspectionId": inspection, "places": [place(0), place(1)], "reason": "a slip" });
        let theirs = ana.push_one(&operation("checkResultsClear", both, seen)).await;
        assert_eq!((&theirs["outcome"], codes(&theirs)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{theirs:#}");
        assert_eq!((&theirs["conflict"][0]["field"], &theirs["conflict"][0]["theirs"]["result"]), (&json!("places"), &json!("PASS")));
        assert_eq!(theirs["pendingEdit"]["input"]["places"], json!([place(0)]));
        let results = round.read("1-101", "results { item { code } result }").await["results"].clone();
        assert_eq!(results, json!([{ "item": { "code": PLACES[0].1 }, "result": "PASS" }]));

        manager.user.ok(APPLY, json!({ "id": theirs["pendingEdit"]["id"] })).await;
        assert_eq!(round.read("1-101", "results { result }").await["results"], json!([]));
        let again = json!({ "inspectionId": inspection, "places": [place(0)], "reason": "twice" });
        let gone = ana.push_one(&operation("checkResultsClear", again, seen)).await;
        assert_eq!(codes(&gone), ["NOT_FOUND"]);
    }
}
