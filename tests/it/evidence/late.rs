//! Nothing enters a submitted or signed inspection or a closed round: a late defect is accepted for the unit, and
//! marked as late.

use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{defects, events};
use tests::app::TestApp;
use tests::on_both_databases;
use uuid::Uuid;

use super::{defect, log, matching};
use crate::inspections::setup::{ROUND_CLOSE, Round, mutation, uuid};

const PAGE: &str = "status contentHash lateDefects { id } earlierDefects { defect { id } }";

fn ids(list: &Value, path: &str) -> Vec<Uuid> {
    list.as_array().expect("a list").iter().map(|one| uuid(one.pointer(path).expect("an id"))).collect()
}

async fn assert_late(app: &TestApp, round: &Round<'_>, id: Uuid) {
    let manager = app.user("manager").await;
    let read = defect(&manager, id, "lateFor { id } inspection { id } round { id } status unit { code }").await;
    assert_eq!(
        read,
        json!({
            "lateFor": { "id": round.inspection("1-101") }, "inspection": null, "round": null, "status": "ASSIGNED",
            "unit": { "code": "1-101" },
        })
    );
    let page = round.read("1-101", PAGE).await;
    assert!(ids(&page["lateDefects"], "/id").contains(&id), "{page:#}");
    assert!(!ids(&page["earlierDefects"], "/defect/id").contains(&id), "{page:#}");
}

on_both_databases! {
    async fn late_defect_is_accepted_for_the_unit_and_shown_as_late(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        let found_in = json!({ "inspectionId": round.inspection("1-101") });
        let in_time = log(&app, &site, "1-101", found_in.clone()).await;
        assert_eq!(defect(&site, in_time, "lateFor { id } inspection { id }").await["lateFor"], Value::Null);
        round.bring("1-101", "SUBMITTED").await;
        let hash = round.read("1-101", PAGE).await["contentHash"].clone();
        round.run(&site, "SIGN", "1-101").await;
        // Between the two signatures, after them, and after the round.
        let between = log(&app, &site, "1-101", found_in.clone()).await;
        assert_late(&app, &round, between).await;
        round.run(&app.user("supervisor").await, "SIGN", "1-101").await;
        let after = log(&app, &site, "1-101", found_in.clone()).await;
        assert_late(&app, &round, after).await;
        manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        let closed = log(&app, &site, "1-101", found_in).await;
        assert_late(&app, &round, closed).await;
        assert_eq!(round.read("1-101", PAGE).await["contentHash"], hash);
        let late = vec![between, after, closed];
        assert_eq!(matching(&app, &manager, json!({ "late": true })).await, late);
        assert_eq!(matching(&app, &manager, json!({ "lateFor": [round.inspection("1-101")] })).await, late);
        assert_eq!(matching(&app, &manager, json!({ "late": false })).await, [in_time]);
        app.advance_seconds(60);
        // A later round shows them like every earlier defect.
        let next = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        let shown = next.read("1-101", PAGE).await;
        assert_eq!(ids(&shown["earlierDefects"], "/defect/id"), [in_time, between, after, closed]);
        assert_eq!(shown["lateDefects"], json!([]));
    }

    async fn unfinished_inspection_of_a_closed_round_accepts_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "IN_PROGRESS").await;
        let manager = app.user("manager").await;
        manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        let id = log(&app, &manager, "1-101", json!({ "inspectionId": round.inspection("1-101") })).await;
        assert_late(&app, &round, id).await;
    }

    async fn reopened_inspection_accepts_defects_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SIGNED").await;
        let manager = app.user("manager").await;
        let found_in = json!({ "inspectionId": round.inspection("1-101") });
        let late = log(&app, &manager, "1-101", found_in.clone()).await;
        round.run(&manager, "REOPEN", "1-101").await;
        let in_time = log(&app, &manager, "1-101", found_in).await;
        let read = defect(&manager, in_time, "lateFor { id } inspection { id }").await;
        assert_eq!(read, json!({ "lateFor": null, "inspection": { "id": round.inspection("1-101") } }));
        let page = round.read("1-101", PAGE).await;
        assert_eq!(ids(&page["earlierDefects"], "/defect/id"), [late, in_time], "the next submission shows both");
        round.run(&manager, "SUBMIT", "1-101").await;
        let page = round.read("1-101", PAGE).await;
        assert_eq!(ids(&page["earlierDefects"], "/defect/id"), [late, in_time], "what is signed is what is shown");
        assert_eq!(page["lateDefects"], json!([]), "it is covered now");
        assert_eq!(defect(&manager, late, "lateFor { id }").await["lateFor"], Value::Null);
    }

    async fn defect_logged_during_a_submission_is_in_the_content_or_late(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "IN_PROGRESS").await;
        let site = app.user("site").await;
        let submit = json!({ "input": round.input("SUBMIT", "1-101").await });
        let found_in = json!({ "inspectionId": round.inspection("1-101") });
        let logging = join_all((0..20).map(|_| log(&app, &site, "1-101", found_in.clone())));
        let submit_mutation = mutation("SUBMIT");
        let submitting = site.ok(&submit_mutation, submit);
        let (_, _) = futures::join!(logging, submitting);
        let conn = app.app.db.read();
        let of_inspection = defects::Column::InspectionId.eq(round.inspection("1-101"));
        let inside = defects::Entity::find().filter(of_inspection).all(conn).await.expect("defects");
        let submitted = events::Entity::find().filter(events::Column::Name.eq("INSPECTION_SUBMITTED"));
        let submitted = submitted.one(conn).await.expect("events").expect("a submission");
        for one in &inside {
            let logged = events::Entity::find().filter(events::Column::ObjectId.eq(one.id)).one(conn);
            let logged = logged.await.expect("events").expect("an event");
            assert!(logged.seq < submitted.seq, "a defect entered a submitted inspection");
        }
        let late = matching(&app, &app.user("manager").await, json!({ "late": true })).await;
        assert_eq!(inside.len() + late.len(), 20);
    }
}
