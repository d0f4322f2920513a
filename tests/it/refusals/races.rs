//! Concurrent commands of two people.

use domain::policy::{Policy, Verification};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{client_ids, defects, events, repair_attempts, verdicts};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::setup::{Setup, without_photos};

const VERIFY: &str = "mutation($input: DefectVerifyInput!) {
    defectVerify(input: $input) { defect { status version } userErrors { code } }
}";
const LOG: &str = "mutation($input: DefectLogInput!) {
    defectLog(input: $input) { defect { id number status version } userErrors { code field } }
}";

on_both_databases! {
    async fn concurrent_verdicts_of_two_people_close_the_defect_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(without_photos()).await;
        // Two people of one party: one verdict is recorded, the other is refused.
        for _ in 0..5 {
            let defect = setup.fixed("1-101").await;
            let answers = verdicts_at_once(&setup, defect, &["site", "manager"], &[true, true]).await;
            assert_eq!(sorted_codes(&answers), ["", "WRONG_STATE"], "{answers:?}");
            assert_eq!(verdicts_of(&app, defect).await, [("DEVELOPER".to_owned(), true)]);
            assert_eq!(status_of(&app, defect).await, "CLOSED");
        }
    }

    async fn concurrent_pass_and_fail_agree_with_the_status(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(without_photos()).await;
        for _ in 0..5 {
            let defect = setup.fixed("1-101").await;
            let answers = verdicts_at_once(&setup, defect, &["site", "supervisor"], &[true, false]).await;
            assert_eq!(sorted_codes(&answers), ["", "WRONG_STATE"], "{answers:?}");
            let [(_, passed)] = verdicts_of(&app, defect).await[..] else { panic!("one verdict") };
            let expected = if passed { "CLOSED" } else { "REWORK" };
            assert_eq!(status_of(&app, defect).await, expected, "the status follows the recorded verdict");
        }
    }

    async fn each_of_two_required_parties_counts_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(Policy { verification: Verification::All, ..without_photos() }).await;
        for _ in 0..5 {
            let defect = setup.fixed("1-101").await;
            let people = ["site", "manager", "supervisor"];
            let answers = verdicts_at_once(&setup, defect, &people, &[true, true, true]).await;
            let codes = sorted_codes(&answers);
            assert_eq!(codes[..2], ["", ""], "{answers:?}");
            assert!(["ALREADY_JUDGED", "WRONG_STATE"].contains(&codes[2].as_str()), "{answers:?}");
            let expected = [("DEVELOPER".to_owned(), true), ("SUPERVISOR".to_owned(), true)];
            assert_eq!(verdicts_of(&app, defect).await, expected);
            assert_eq!(status_of(&app, defect).await, "CLOSED");
        }
    }

    async fn concurrent_repetitions_of_a_create_make_one_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        site.ok("{ viewer { id } }", json!({})).await;
        let id = v7();
        let input = json!({ "input": { "defectId": id, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" } });
        let answers = join_all((0..8).map(|_| site.ok(LOG, input.clone()))).await;
        assert!(answers.iter().all(|answer| answer == &answers[0]), "the same answer to all: {answers:?}");
        let logged = events::Entity::find().filter(events::Column::ObjectId.eq(id));
        assert_eq!(logged.count(app.app.db.read()).await.expect("a count"), 1, "one event");
        let claims = client_ids::Entity::find().filter(client_ids::Column::Id.eq(id));
        assert_eq!(claims.count(app.app.db.read()).await.expect("a count"), 1);
    }

    async fn concurrent_creates_with_one_id_make_one_defect_and_refusals(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        for user in [&site, &supervisor] {
            user.ok("{ viewer { id } }", json!({})).await;
        }
        let id = v7();
        let input = |words: String| {
            let unit = app.project.unit("1-101");
            json!({ "input": { "defectId": id, "unitId": unit, "type": "WALL.CRACK", "description": words } })
        };
        let sent = (0..6).map(|n| [&site, &supervisor][n % 2].query(LOG, input(format!("Words {}", n / 2))));
        let answers: Vec<Value> = join_all(sent).await.into_iter().map(|a| a["data"]["defectLog"].clone()).collect();
        assert_eq!(sorted_codes(&answers)[..2], ["", "ID_REUSED"], "{answers:?}");
        assert_eq!(sorted_codes(&answers)[5], "ID_REUSED");
        let kept = defects::Entity::find().count(app.app.db.read()).await.expect("a count");
        assert_eq!(kept, 1);
    }

    async fn concurrent_reports_of_one_repair_make_one_attempt(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(without_photos()).await;
        let report = "mutation($input: DefectReportFixedInput!) {
            defectReportFixed(input: $input) { defect { status } userErrors { code } }
        }";
        let (lead, worker) = (app.user("lead.a").await, app.user("worker.a").await);
        for _ in 0..5 {
            let defect = setup.assigned("1-101").await;
            let sent = [&lead, &worker].map(|user| {
                user.query(report, json!({ "input": { "defectId": defect, "attemptId": v7() } }))
            });
            let answers = join_all(sent).await;
            let answers: Vec<Value> = answers.iter().map(|a| a["data"]["defectReportFixed"].clone()).collect();
            assert_eq!(sorted_codes(&answers), ["", "WRONG_STATE"], "{answers:?}");
            let attempts = repair_attempts::Entity::find().filter(repair_attempts::Column::DefectId.eq(defect));
            assert_eq!(attempts.count(app.app.db.read()).await.expect("a count"), 1);
        }
    }

    async fn numbers_of_concurrently_logged_defects_are_distinct_and_dense(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        let sent = (0..20).map(|n| {
            let input = json!({ "defectId": v7(), "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" });
            [&site, &supervisor][n % 2].ok(LOG, json!({ "input": input }))
        });
        let answers = join_all(sent).await;
        let mut numbers: Vec<&str> =
            answers.iter().filter_map(|answer| answer["defectLog"]["defect"]["number"].as_str()).collect();
        numbers.sort_unstable();
        let expected: Vec<String> = (1..=20).map(|n| format!("D-{n:06}")).collect();
        assert_eq!(numbers, expected);
    }
}

/// Each of the people gives a verdict, all concurrently.
async fn verdicts_at_once(setup: &Setup<'_>, defect: Uuid, people: &[&str], passed: &[bool]) -> Vec<Value> {
    let mut users = Vec::new();
    for login in people {
        let user = setup.user(login).await;
        user.ok("{ viewer { id } }", json!({})).await;
        users.push(user);
    }
    let sent = users.iter().zip(passed).map(|(user, passed)| {
        let input = json!({ "defectId": defect, "verdictId": v7(), "passed": passed, "note": "Looked at it" });
        user.query(VERIFY, json!({ "input": input }))
    });
    join_all(sent).await.into_iter().map(|answer| answer["data"]["defectVerify"].clone()).collect()
}

/// The code of the first user error of each payload, empty for none, in order.
fn sorted_codes(payloads: &[Value]) -> Vec<String> {
    let code = |payload: &Value| payload["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned();
    let mut codes: Vec<String> = payloads.iter().map(code).collect();
    codes.sort_unstable();
    codes
}

async fn verdicts_of(app: &TestApp, defect: Uuid) -> Vec<(String, bool)> {
    let found = verdicts::Entity::find().filter(verdicts::Column::DefectId.eq(defect));
    let rows = found.all(app.app.db.read()).await.expect("verdicts");
    let mut verdicts: Vec<_> = rows.into_iter().map(|row| (row.party.to_string(), row.passed)).collect();
    verdicts.sort();
    verdicts
}

async fn status_of(app: &TestApp, defect: Uuid) -> String {
    let row = defects::Entity::find_by_id(defect).one(app.app.db.read()).await.expect("a defect");
    row.expect("the defect").status.to_string()
}
