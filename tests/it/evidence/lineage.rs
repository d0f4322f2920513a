//! The lineage of a round is frozen when it closes, and a regressed defect lists the people with access in between.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{lineage_entries, rounds};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{log, run};
use crate::inspections::setup::{ROUND_CLOSE, Round, read};

const LINEAGE: &str =
    "earlierDefects { outcome status defect { id } access { person { name } company { code } party events } }";

async fn close(app: &TestApp, round: &Round<'_>) {
    app.user("manager").await.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
}

async fn repair(app: &TestApp, id: Uuid) {
    run(&app.user("worker.a").await, "defectReportFixed", json!({ "defectId": id, "attemptId": v7() })).await;
    let pass = json!({ "defectId": id, "verdictId": v7(), "passed": true });
    run(&app.user("supervisor").await, "defectVerify", pass).await;
}

async fn lineage(app: &TestApp, round: &Round<'_>, login: &str) -> Value {
    read(&app.user(login).await, round.inspection("1-101"), LINEAGE).await["earlierDefects"].clone()
}

fn outcomes(lineage: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lineage.as_array().expect("defects").iter().map(|one| (text(&one["outcome"]), text(&one["status"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(outcome, status)| ((*outcome).to_owned(), (*status).to_owned())).collect()
}

async fn start(db: &tests::database::TestDb) -> TestApp {
    let app = TestApp::start(db).await;
    let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
    run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
    app
}

on_both_databases! {
    async fn lineage_of_a_closed_round_never_changes(db: TestDb) {
        let app = start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let site = app.user("site").await;
        let first = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let found_in = json!({ "inspectionId": first.inspection("1-101") });
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(log(&app, &site, "1-101", found_in.clone()).await);
        }
        close(&app, &first).await;
        app.advance_seconds(60);
        let second = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        repair(&app, ids[0]).await;
        repair(&app, ids[1]).await;
        run(&site, "defectReopen", json!({ "defectId": ids[1], "reason": "it is back" })).await;
        let expected = [("FIXED", "CLOSED"), ("REGRESSED", "ASSIGNED"), ("STILL_OPEN", "ASSIGNED"), ("STILL_OPEN", "ASSIGNED")];
        assert_eq!(outcomes(&lineage(&app, &second, "site").await), pairs(&expected));
        close(&app, &second).await;
        let frozen = lineage(&app, &second, "site").await;
        assert_eq!(outcomes(&frozen), pairs(&expected));
        // Later commands do not change the record.
        app.advance_seconds(60);
        repair(&app, ids[1]).await;
        repair(&app, ids[2]).await;
        run(&site, "defectReopen", json!({ "defectId": ids[0], "reason": "it is back" })).await;
        run(&site, "defectVoid", json!({ "defectId": ids[3], "reason": "NOT_A_DEFECT" })).await;
        assert_eq!(lineage(&app, &second, "site").await, frozen);
        let news = vec![("NEW", "ASSIGNED"); 4];
        assert_eq!(outcomes(&lineage(&app, &first, "site").await), pairs(&news));
        let third = Round::open(&app, 3, &["DEVELOPER"], &["1-101"]).await;
        let now = [("REGRESSED", "ASSIGNED"), ("FIXED", "CLOSED"), ("FIXED", "CLOSED"), ("VOID", "VOID")];
        assert_eq!(outcomes(&lineage(&app, &third, "site").await), pairs(&now));
        // Each person sees the entries of visible defects; B none.
        assert_eq!(lineage(&app, &second, "lead.b").await, json!([]));
        assert_eq!(lineage(&app, &second, "lead.a").await.as_array().map(Vec::len), Some(4));
        assert_eq!(lineage(&app, &second, "owner1").await.as_array().map(Vec::len), Some(3), "no void ones");
    }

    async fn rounds_closed_by_an_earlier_version_are_frozen_with_the_events_up_to_their_closing(db: TestDb) {
        let app = start(&db).await;
        let site = app.user("site").await;
        let first = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let found_in = json!({ "inspectionId": first.inspection("1-101") });
        let (broken, open) = (log(&app, &site, "1-101", found_in.clone()).await, log(&app, &site, "1-101", found_in).await);
        app.advance_seconds(60);
        let second = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        repair(&app, broken).await;
        app.advance_seconds(60);
        run(&site, "defectReopen", json!({ "defectId": broken, "reason": "it is back" })).await;
        close(&app, &second).await;
        let at_closing = lineage(&app, &second, "site").await;
        app.advance_seconds(60);
        repair(&app, broken).await;
        repair(&app, open).await;
        // As a database of the version before stores it.
        app.app.db.write(async |tx| {
            lineage_entries::Entity::delete_many().exec(tx).await?;
            let unset = Expr::value(Option::<i64>::None);
            rounds::Entity::update_many().col_expr(rounds::Column::LineageFrozenAt, unset).exec(tx).await
        }).await.expect("an old database");
        assert_ne!(lineage(&app, &second, "site").await, at_closing);
        assert_eq!(app::inspection::lineage::freeze_closed(&app.app).await.expect("frozen"), 1);
        assert_eq!(app::inspection::lineage::freeze_closed(&app.app).await.expect("frozen"), 0);
        assert_eq!(lineage(&app, &second, "site").await, at_closing);
        let of_second = lineage_entries::Column::RoundId.eq(second.id);
        let rows = lineage_entries::Entity::find().filter(of_second).all(app.app.db.read()).await.expect("entries");
        assert_eq!(rows.len(), 2);
    }

    async fn regressed_defect_lists_the_people_with_access_in_between(db: TestDb) {
        let app = start(&db).await;
        let (site, lead_b) = (app.user("site").await, app.user("lead.b").await);
        let first = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let id = log(&app, &site, "1-101", json!({ "inspectionId": first.inspection("1-101") })).await;
        app.advance_seconds(60);
        repair(&app, id).await;
        app.advance_seconds(60);
        // B works in the unit, C in another one, and a comment is written in an office.
        let tile = log(&app, &lead_b, "1-101", json!({ "type": "WALL.TILE_CRACK" })).await;
        run(&lead_b, "defectReportFixed", json!({ "defectId": tile, "attemptId": v7() })).await;
        log(&app, &app.user("escort").await, "1-102", json!({})).await;
        let words = json!({ "defectId": tile, "commentId": v7(), "visibility": "SHARED", "body": "from the office" });
        run(&app.user("manager").await, "defectComment", words).await;
        app.advance_seconds(60);
        run(&site, "defectReopen", json!({ "defectId": id, "reason": "broken again" })).await;
        app.advance_seconds(60);
        log(&app, &app.user("property").await, "1-101", json!({})).await;
        let second = Round::open(&app, 2, &["DEVELOPER"], &["1-101"]).await;
        let regressed = |lineage: &Value| {
            let all = lineage.as_array().expect("defects").clone();
            all.into_iter().find(|one| one["defect"]["id"] == json!(id)).expect("the defect")
        };
        let open = regressed(&lineage(&app, &second, "site").await);
        assert_eq!(open["outcome"], "REGRESSED");
        assert_eq!(open["access"], json!([
            { "person": { "name": "lead.b by name" }, "company": { "code": "B" }, "party": "CONTRACTOR",
              "events": ["DEFECT_LOGGED", "DEFECT_REPORTED_FIXED"] },
        ]));
        close(&app, &second).await;
        assert_eq!(regressed(&lineage(&app, &second, "site").await), open, "frozen as it was");
        assert_eq!(regressed(&lineage(&app, &second, "lead.a").await)["access"], json!([]));
    }
}
