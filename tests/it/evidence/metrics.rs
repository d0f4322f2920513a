//! One definition for every metric: of valid defects only, and equal when counted from events alone.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{defect, log, run};
use crate::inspections::setup::{ROUND_CLOSE, Round};

const HOUR: i64 = 3_600;

async fn rates(app: &TestApp) -> Value {
    let rate = "{ numerator denominator }";
    let document = format!(
        "query($id: ID!) {{ project(id: $id) {{ overview {{ overdue firstPassRate {rate} closeOutRate {rate}
            onTimeRate {rate} sendBackRate {rate} measuredPassRate {rate} }} }} }}"
    );
    let read = app.user("manager").await.ok(&document, json!({ "id": app.project.id })).await;
    read["project"]["overview"].clone()
}

fn rate(numerator: u64, denominator: u64) -> Value {
    json!({ "numerator": numerator, "denominator": denominator })
}

async fn assert_recountable(app: &TestApp) {
    for project in app::recount::metrics::recount(&app.app).await.expect("a recount") {
        assert_eq!(project.counted, project.stored, "{project}");
        assert_eq!((project.silent_defects, project.differences()), (0, Vec::new()), "{project}");
    }
}

struct Repairs<'a>(&'a TestApp);

impl Repairs<'_> {
    async fn on(&self, login: &str, name: &str, id: Uuid, mut input: Value) {
        input["defectId"] = json!(id);
        run(&self.0.user(login).await, name, input).await;
    }

    async fn report(&self, id: Uuid) {
        self.on("worker.a", "defectReportFixed", id, json!({ "attemptId": v7() })).await;
    }

    async fn judge(&self, login: &str, id: Uuid, passed: bool) {
        self.on(login, "defectVerify", id, json!({ "verdictId": v7(), "passed": passed, "note": "seen" })).await;
    }
}

async fn start(db: &tests::database::TestDb) -> TestApp {
    let app = TestApp::start(db).await;
    app.open_to_owner(app.project.unit("1-101")).await;
    let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
    run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
    app
}

on_both_databases! {
    async fn void_defects_count_in_no_rate(db: TestDb) {
        let app = start(&db).await;
        let (site, repairs) = (app.user("site").await, Repairs(&app));
        let (valid, void, late) = (
            log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await,
            log(&app, &site, "1-101", json!({})).await,
        );
        for id in [valid, void] {
            repairs.report(id).await;
            repairs.judge("site", id, false).await;
        }
        app.advance_seconds(8 * 24 * HOUR);
        repairs.report(late).await;
        for id in [valid, late] {
            if id == valid {
                repairs.report(id).await;
            }
            repairs.judge("supervisor", id, true).await;
        }
        repairs.on("site", "defectVoid", void, json!({ "reason": "NOT_A_DEFECT" })).await;
        assert_eq!(rates(&app).await, json!({
            "overdue": 0, "firstPassRate": rate(1, 2), "closeOutRate": rate(2, 2), "onTimeRate": rate(1, 2),
            "sendBackRate": rate(1, 3), "measuredPassRate": rate(0, 0),
        }));
        assert_recountable(&app).await;
    }

    async fn first_pass_rate_is_the_same_for_every_kind_of_rejection_by_the_owner(db: TestDb) {
        let app = start(&db).await;
        let (owner, repairs) = (app.user("owner1").await, Repairs(&app));
        let (fails, reopens, stands) = (
            log(&app, &owner, "1-101", json!({})).await, log(&app, &owner, "1-101", json!({})).await,
            log(&app, &owner, "1-101", json!({})).await,
        );
        for id in [fails, reopens, stands] {
            repairs.report(id).await;
            repairs.judge("supervisor", id, true).await;
        }
        assert_eq!(rates(&app).await["firstPassRate"], rate(3, 3));
        repairs.judge("owner1", fails, false).await;
        repairs.on("owner1", "defectReopen", reopens, json!({ "reason": "it is back" })).await;
        assert_eq!(rates(&app).await["firstPassRate"], rate(1, 3));
        let supervisor = app.user("supervisor").await;
        for id in [fails, reopens] {
            let attempts = defect(&supervisor, id, "attempts { status verdicts { passed party } }").await["attempts"].clone();
            assert_eq!(attempts[0]["status"], "PASSED", "what was judged stays as it was judged: {attempts:#}");
            assert_eq!(attempts[0]["verdicts"][0], json!({ "passed": true, "party": "SUPERVISOR" }));
        }
        // A second attempt does not make the first one pass.
        for id in [fails, reopens] {
            repairs.report(id).await;
            repairs.judge("supervisor", id, true).await;
        }
        assert_eq!(rates(&app).await["firstPassRate"], rate(1, 3));
        assert_recountable(&app).await;
    }

    async fn pass_rate_of_measurements_counts_readings(db: TestDb) {
        let app = start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["1", "2", "99"])])).await;
        round.record(&supervisor, "1-101", json!([]), json!([round.measurement("1-101", &["1", "98", "99"])])).await;
        assert_eq!(rates(&app).await["measuredPassRate"], rate(3, 6));
        round.record(&supervisor, "1-101", json!([]), json!([round.measurement("1-101", &["1", "2"])])).await;
        assert_eq!(rates(&app).await["measuredPassRate"], rate(4, 5), "the newest of a company counts");
        round.bring("1-102", "SUBMITTED").await;
        assert_recountable(&app).await;
        app.user("manager").await.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        assert_recountable(&app).await;
    }

    async fn every_move_of_the_clock_can_be_recounted(db: TestDb) {
        let app = start(&db).await;
        let (site, repairs) = (app.user("site").await, Repairs(&app));
        let policy = json!({ "projectId": app.project.id, "skipDaysOff": true });
        run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
        let mut ids = Vec::new();
        for _ in 0..8 {
            ids.push(log(&app, &site, "1-101", json!({})).await);
        }
        app.advance_seconds(30 * HOUR);
        repairs.on("site", "defectHold", ids[0], json!({ "reason": "no paint" })).await;
        repairs.on("lead.a", "defectDispute", ids[1], json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "no" })).await;
        repairs.on("site", "defectVoid", ids[2], json!({ "reason": "NOT_A_DEFECT" })).await;
        repairs.report(ids[3]).await;
        repairs.on("site", "defectUpdate", ids[4], json!({ "severity": "CRITICAL" })).await;
        let due = json!({ "companyId": app.project.company("A"), "dueAt": "2026-03-05T00:00:00Z" });
        repairs.on("site", "defectAssign", ids[5], due).await;
        repairs.on("site", "defectMerge", ids[6], json!({ "intoDefectId": ids[7] })).await;
        app.advance_seconds(100 * HOUR);
        assert_recountable(&app).await;
        repairs.on("site", "defectResume", ids[0], json!({})).await;
        let to_b = json!({ "outcome": "REASSIGNED", "companyId": app.project.company("B") });
        repairs.on("manager", "defectResolveDispute", ids[1], to_b).await;
        repairs.on("manager", "defectRestore", ids[2], json!({ "reason": "it is one" })).await;
        repairs.judge("site", ids[3], false).await;
        repairs.on("site", "defectUnmerge", ids[6], json!({})).await;
        app.advance_seconds(300 * HOUR);
        assert_recountable(&app).await;
        assert!(rates(&app).await["overdue"].as_i64() > Some(4));
    }
}
