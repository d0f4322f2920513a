//! A defect that was logged in a wrong unit moves to the right one, and the histories of both units record it.

use domain::id::UnitId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::events;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use crate::evidence::{refused, run};
use crate::inspections::setup::Round;
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;
use crate::sync::Tablet;

const UPDATE: &str = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) {
    defect { unit { code } room { code } pin { x } inspection { id } } notes { code message } userErrors { code field } } }";
const LOG: &str = "mutation($input: DefectLogInput!) { defectLog(input: $input) {
    defect { id part } notes { code message } userErrors { code field } } }";

async fn logged(app: &TestApp, unit: &str, more: Value) -> Uuid {
    let id = v7();
    let mut input = json!({ "defectId": id, "unitId": app.project.unit(unit), "roomId": app.project.room(unit, "LIVING"),
        "type": "WALL.CRACK", "pin": { "x": 0.2, "y": 0.2 } });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    app.user("site").await.ok(LOG, json!({ "input": input })).await;
    id
}

fn to(app: &TestApp, defect: Uuid, unit: &str) -> Value {
    json!({ "input": { "defectId": defect, "unitId": app.project.unit(unit) } })
}

on_both_databases! {
    async fn defect_moves_to_the_same_room_of_another_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let defect = logged(&app, "1-101", json!({ "inspectionId": round.inspection("1-101") })).await;
        let site = app.user("site").await;
        let moved = site.ok(UPDATE, to(&app, defect, "1-102")).await["defectUpdate"]["defect"].clone();
        assert_eq!(moved, json!({
            "unit": { "code": "1-102" }, "room": { "code": "LIVING" }, "pin": { "x": 0.2 },
            "inspection": { "id": round.inspection("1-102") },
        }));
        let told = events::Entity::find()
            .filter(events::Column::ObjectId.eq(defect))
            .filter(events::Column::Name.eq("DEFECT_MOVED"))
            .all(app.app.db.read())
            .await
            .expect("the events");
        let units: Vec<Option<UnitId>> = told.iter().map(|event| event.unit_id).collect();
        let both = [app.project.unit("1-101"), app.project.unit("1-102")].map(|id| Some(id.into()));
        assert!(units.len() == 2 && both.iter().all(|unit| units.contains(unit)), "{units:?}");
        let elsewhere = json!({ "input": { "defectId": defect, "unitId": app.other.unit("1-101") } });
        assert_eq!(site.refused(UPDATE, elsewhere).await, ["NOT_FOUND"]);
    }

    async fn readers_of_the_former_unit_get_the_move(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let defect = logged(&app, "1-101", json!({})).await;
        let (former, new) = (Tablet::of(&app, "owner1").await, Tablet::of(&app, "owner2").await);
        let (first, site) = (json!({ "unitIds": [app.project.unit("1-101")] }), Tablet::of(&app, "site").await);
        let (_, of_former) = former.pull(&Value::Null, &Value::Null).await;
        let (_, of_new) = new.pull(&Value::Null, &Value::Null).await;
        let (_, of_site) = site.pull(&Value::Null, &first).await;
        app.user("manager").await.ok(UPDATE, to(&app, defect, "1-102")).await;
        // A later change does not hide the move.
        let words = json!({ "input": { "defectId": defect, "description": "behind the door" } });
        app.user("manager").await.ok(UPDATE, words).await;
        let of_defect = |changes: &[Value]| changes.iter().find(|one| one["id"] == json!(defect)).cloned();
        let lost = of_defect(&former.pull(&of_former, &Value::Null).await.0).expect("the former owner gets it");
        assert_eq!((&lost["deleted"], &lost["object"]), (&json!(true), &Value::Null));
        let gained = of_defect(&new.pull(&of_new, &Value::Null).await.0).expect("the new owner gets it");
        assert_eq!(gained["object"]["description"], "behind the door");
        assert!(of_defect(&site.pull(&of_site, &first).await.0).is_some(), "a tablet with the former unit only");
        let strangers = Tablet::of(&app, "owner2").await;
        assert!(of_defect(&strangers.pull(&Value::Null, &Value::Null).await.0).is_some());
    }

    async fn owners_of_a_former_unit_get_the_move_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let (defect, manager) = (logged(&app, "1-101", json!({})).await, app.user("manager").await);
        let (first, second) = (Tablet::of(&app, "owner1").await, Tablet::of(&app, "owner2").await);
        let own = json!({ "unitIds": [app.project.unit("1-101")] });
        let (_, start) = first.pull(&Value::Null, &Value::Null).await;
        let (_, narrow) = first.pull(&Value::Null, &own).await;
        manager.ok(UPDATE, to(&app, defect, "1-102")).await;
        let removal = json!([{ "id": defect, "deleted": true, "object": null }]);
        let told = |news: &[Value]| -> Value {
            let fields = |one: &Value| json!({ "id": one["id"], "deleted": one["deleted"], "object": one["object"] });
            news.iter().map(fields).collect()
        };
        let (news, cursor) = first.pull(&start, &Value::Null).await;
        assert_eq!(told(&news), removal);
        assert_eq!(told(&first.pull(&narrow, &own).await.0), removal);
        let (_, of_second) = second.pull(&Value::Null, &Value::Null).await;

        // Later changes in the new unit do not matter, nor does another move.
        let words = |text: &str| json!({ "input": { "defectId": defect, "description": text } });
        manager.ok(UPDATE, words("behind the door")).await;
        manager.ok(UPDATE, to(&app, defect, "1-201")).await;
        manager.ok(UPDATE, words("beside the window")).await;
        assert_eq!(first.pull(&cursor, &Value::Null).await, (Vec::new(), cursor.clone()));
        let (news, of_second) = second.pull(&of_second, &Value::Null).await;
        assert_eq!(told(&news), removal);
        manager.ok(UPDATE, words("above the window")).await;
        for (owner, cursor) in [(&first, &cursor), (&second, &of_second)] {
            assert_eq!(owner.pull(cursor, &Value::Null).await, (Vec::new(), cursor.clone()), "{}", owner.user.login);
        }
        // An owner who was absent gets it later, and a full load never contains the defect.
        assert_eq!(told(&first.pull(&start, &Value::Null).await.0), removal);
        let (all, _) = first.pull(&Value::Null, &Value::Null).await;
        assert!(all.iter().all(|change| change["id"] != json!(defect)));
        // It moves back.
        manager.ok(UPDATE, to(&app, defect, "1-101")).await;
        let (news, _) = first.pull(&cursor, &Value::Null).await;
        assert!(news.iter().any(|one| one["id"] == json!(defect) && one["object"].is_object()), "{news:#?}");
    }

    async fn submitted_defect_and_defect_with_duplicates_cannot_move(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let defect = logged(&app, "1-101", json!({ "inspectionId": round.inspection("1-101") })).await;
        round.bring("1-101", "SUBMITTED").await;
        let site = app.user("site").await;
        assert_eq!(site.refused(UPDATE, to(&app, defect, "1-102")).await, ["WRONG_STATE"]);
        let [survivor, merged] = [logged(&app, "1-201", json!({})).await, logged(&app, "1-201", json!({})).await];
        let merge = "mutation($input: DefectMergeInput!) { defectMerge(input: $input) { userErrors { code } } }";
        site.ok(merge, json!({ "input": { "defectId": merged, "intoDefectId": survivor } })).await;
        assert_eq!(site.refused(UPDATE, to(&app, survivor, "1-202")).await, ["OTHER_UNIT"]);
    }

    async fn signed_defect_and_defect_with_words_of_an_owner_cannot_move(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let site = app.user("site").await;
        let (loose, from_elsewhere) = (logged(&app, "1-101", json!({})).await, logged(&app, "1-102", json!({})).await);
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        assert_eq!(site.refused(UPDATE, to(&app, loose, "1-201")).await, ["WRONG_STATE"], "it is in what is signed");
        site.ok(UPDATE, to(&app, from_elsewhere, "1-101")).await;
        let page = round.read("1-101", "lateDefects { id } earlierDefects { defect { id } }").await;
        assert_eq!(page["lateDefects"], json!([{ "id": from_elsewhere }]), "no signature covers it");
        assert_eq!(page["earlierDefects"], json!([{ "defect": { "id": loose } }]));
        // An owner's finding, and the staff's defect with a comment of an owner.
        let finding = v7();
        let found = json!({ "defectId": finding, "unitId": app.project.unit("1-102"), "type": "WALL.CRACK" });
        app.user("owner2").await.ok(LOG, json!({ "input": found })).await;
        let commented = logged(&app, "1-102", json!({})).await;
        let words = json!({ "defectId": commented, "commentId": v7(), "visibility": "OWNER", "body": "it drips at night" });
        run(&app.user("owner2").await, "defectComment", words).await;
        for id in [finding, commented] {
            assert_eq!(site.refused(UPDATE, to(&app, id, "1-201")).await, ["OWNERS_FINDING"]);
        }
    }

    async fn photo_that_an_owner_has_seen_cannot_be_withdrawn_after_a_move(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let site = app.user("site").await;
        let defect = logged(&app, "1-101", json!({})).await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site, defect, "BEFORE").await;
        let slip = json!({ "photoId": shot.id, "reason": "the wrong wall" });
        assert_eq!(refused(&site, "photoWithdraw", slip.clone()).await, ["SHOWN_TO_OWNER"]);
        site.ok(UPDATE, to(&app, defect, "1-202")).await;
        assert_eq!(refused(&site, "photoWithdraw", slip).await, ["SHOWN_TO_OWNER"]);
    }

    async fn responsible_contractor_sets_no_terms_and_withdraws_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let id = v7();
        let found = json!({ "defectId": id, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK", "severity": "CRITICAL" });
        lead.ok(LOG, json!({ "input": found })).await;
        let elsewhere = json!({ "unitId": app.project.unit("1-102") });
        for change in [json!({ "severity": "COSMETIC" }), json!({ "type": "WALL.STAIN" }), json!({ "trade": "PAINT" }), elsewhere] {
            let mut input = json!({ "defectId": id });
            input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            assert_eq!(lead.refused(UPDATE, json!({ "input": input })).await, ["FOUR_EYES"]);
        }
        assert_eq!(refused(&lead, "defectWithdraw", json!({ "defectId": id, "reason": "none" })).await, ["FOUR_EYES"]);
        lead.ok(UPDATE, json!({ "input": { "defectId": id, "description": "beside the door" } })).await;
    }

    async fn finding_whose_repair_has_begun_cannot_be_withdrawn(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-102")).await;
        let (owner, worker, site) =
            (app.user("owner2").await, app.user("worker.a").await, app.user("site").await);
        let [kept, begun] = [v7(), v7()];
        for id in [kept, begun] {
            let found = json!({ "defectId": id, "unitId": app.project.unit("1-102"), "type": "WALL.CRACK" });
            owner.ok(LOG, json!({ "input": found })).await;
        }
        let staffs = logged(&app, "1-101", json!({})).await;
        for id in [begun, staffs] {
            run(&worker, "defectStart", json!({ "defectId": id })).await;
        }
        let slip = |id: Uuid| json!({ "defectId": id, "reason": "a shadow" });
        assert_eq!(refused(&owner, "defectWithdraw", slip(begun)).await, ["WRONG_STATE"]);
        assert_eq!(refused(&site, "defectWithdraw", slip(staffs)).await, ["WRONG_STATE"]);
        run(&owner, "defectWithdraw", slip(kept)).await;
    }

    async fn type_of_a_part_that_the_room_lacks_is_accepted_with_a_note(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let log = |kind: &str, room: &str| json!({ "input": { "defectId": v7(), "unitId": app.project.unit("1-101"),
            "roomId": app.project.room("1-101", room), "type": kind } });
        let fits = site.ok(LOG, log("WALL.CRACK", "LIVING")).await["defectLog"].clone();
        assert_eq!(fits["notes"], json!([]));
        let odd = site.ok(LOG, log("WP.BATH_LEAK", "LIVING")).await["defectLog"].clone();
        assert_eq!(odd["notes"][0]["code"], "PART_NOT_IN_ROOM", "{odd}");
        assert!(odd["notes"][0]["message"].as_str().is_some_and(|text| text.contains("Waterproofing")), "{odd}");
        let id = odd["defect"]["id"].clone();
        let room = json!({ "input": { "defectId": id, "roomId": app.project.room("1-101", "BED") } });
        let moved = site.ok(UPDATE, room).await["defectUpdate"].clone();
        assert_eq!(moved["notes"][0]["code"], "PART_NOT_IN_ROOM", "{moved}");
        let words = json!({ "input": { "defectId": id, "description": "too low" } });
        assert_eq!(site.ok(UPDATE, words).await["defectUpdate"]["notes"], json!([]), "said once");
    }
}
