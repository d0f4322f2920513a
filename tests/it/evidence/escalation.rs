//! Defects escalate by time: each step once, as event, field, filter and count, with its recipients.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::defects;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{defect, log, matching, run};

const HOUR: i64 = 3_600;

async fn escalate(app: &TestApp) -> usize {
    app::defect::escalate::escalate_due_defects(&app.app).await.expect("a round of escalation")
}

async fn steps(app: &TestApp, id: Uuid) -> Vec<String> {
    let site = app.user("site").await;
    let read = defect(&site, id, "events { name data } escalations { step }").await;
    let told: Vec<String> = read["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["name"] == "DEFECT_ESCALATED")
        .map(|event| event["data"]["step"].as_str().unwrap_or_default().to_owned())
        .collect();
    let gone: Vec<&str> =
        read["escalations"].as_array().expect("steps").iter().filter_map(|one| one["step"].as_str()).collect();
    assert!(gone.iter().all(|step| told.iter().any(|other| other == step)), "{read:#}");
    told
}

async fn recipients(app: &TestApp, id: Uuid, step: &str) -> Value {
    let events = defect(&app.user("site").await, id, "events { name data }").await["events"].clone();
    let found = events.as_array().expect("events").iter().find(|event| event["data"]["step"] == step).cloned();
    found.expect("a step")["data"]["recipients"].clone()
}

/// Reports a repair and fails it.
async fn fail(app: &TestApp, id: Uuid) {
    run(&app.user("worker.a").await, "defectReportFixed", json!({ "defectId": id, "attemptId": v7() })).await;
    let verdict = json!({ "defectId": id, "verdictId": v7(), "passed": false, "note": "still cracked" });
    run(&app.user("site").await, "defectVerify", verdict).await;
}

/// A defect with two failed attempts, under a policy that escalates after two.
async fn failed_twice(app: &TestApp) -> Uuid {
    let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false, "escalateAfterFailedAttempts": 2 });
    run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
    let id = log(app, &app.user("site").await, "1-101", json!({})).await;
    fail(app, id).await;
    assert!(!is_escalated(app, id).await);
    fail(app, id).await;
    assert!(is_escalated(app, id).await);
    id
}

async fn is_escalated(app: &TestApp, id: Uuid) -> bool {
    defect(&app.user("site").await, id, "escalated").await["escalated"] == json!(true)
}

on_both_databases! {
    async fn failures_after_a_new_due_time_escalate_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let id = failed_twice(&app).await;
        let later = json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": "2026-04-01T00:00:00Z" });
        run(&app.user("site").await, "defectAssign", later).await;
        assert!(!is_escalated(&app, id).await, "it has time again");
        fail(&app, id).await;
        assert!(is_escalated(&app, id).await);
        let events = defect(&app.user("site").await, id, "events { name data }").await["events"].clone();
        let told = events.as_array().expect("events").iter().filter(|event| event["name"] == "DEFECT_ESCALATED");
        let counts: Vec<&Value> = told.map(|event| &event["data"]["failedAttempts"]).collect();
        assert_eq!(counts, [&json!(2), &json!(3)]);
    }

    async fn too_many_failures_of_an_earlier_version_are_escalated_by_the_job(db: TestDb) {
        let app = TestApp::start(&db).await;
        let id = failed_twice(&app).await;
        // As an earlier version left it, which had the event but not the field.
        let unmarked = defects::Entity::update_many()
            .col_expr(defects::Column::EscalatedAt, Expr::value(Option::<i64>::None))
            .filter(defects::Column::Id.eq(id));
        app.app.db.write(async |tx| unmarked.exec(tx).await).await.expect("changed");
        assert!(!is_escalated(&app, id).await);
        assert_eq!(escalate(&app).await, 1);
        assert!(is_escalated(&app, id).await);
        assert_eq!(escalate(&app).await, 0, "once");
        // Failures of another company do not count.
        app.advance_seconds(60);
        let other = json!({ "defectId": id, "companyId": app.project.company("B") });
        run(&app.user("site").await, "defectAssign", other).await;
        assert_eq!(escalate(&app).await, 0);
        assert!(!is_escalated(&app, id).await);
    }

    async fn each_step_is_taken_once_and_names_its_recipients(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, lead, owner) = (app.user("site").await, app.user("lead.a").await, app.user("owner1").await);
        let id = log(&app, &site, "1-101", json!({})).await;
        run(&lead, "defectAssign", json!({ "defectId": id, "assigneeId": app.person_id("worker.a") })).await;
        assert_eq!(escalate(&app).await, 0);
        // Due in seven days; the reminder comes 24 hours before.
        for (hours, expected) in [
            (7 * 24 - 24, &["DUE_SOON"][..]),
            (24, &["DUE_SOON", "OVERDUE_0"]),
            (24, &["DUE_SOON", "OVERDUE_0", "OVERDUE_24"]),
            (48, &["DUE_SOON", "OVERDUE_0", "OVERDUE_24", "OVERDUE_72"]),
            (96, &["DUE_SOON", "OVERDUE_0", "OVERDUE_24", "OVERDUE_72", "OVERDUE_168"]),
        ] {
            app.advance_seconds(hours * HOUR);
            assert_eq!(escalate(&app).await, 1);
            assert_eq!(escalate(&app).await, 0, "once");
            assert_eq!(steps(&app, id).await, expected);
            let escalated = expected.len() > 1;
            assert_eq!(defect(&site, id, "escalated").await["escalated"], json!(escalated));
            assert_eq!(matching(&app, &site, json!({ "escalated": true })).await.len(), usize::from(escalated));
            assert_eq!(matching(&app, &site, json!({ "escalated": false })).await.len(), usize::from(!escalated));
        }
        let one = |role: &str, login: &str| json!({ "role": role, "personId": app.person_id(login) });
        let worker = json!([one("RECTIFICATION_LEAD", "lead.a"), one("WORKER", "worker.a")]);
        assert_eq!(recipients(&app, id, "DUE_SOON").await, worker);
        let engineers = json!([one("RECTIFICATION_LEAD", "lead.a"), one("SITE_ENGINEER", "site")]);
        assert_eq!(recipients(&app, id, "OVERDUE_0").await, engineers);
        let above = json!([one("SUPERVISING_ENGINEER", "supervisor"), one("DELIVERY_MANAGER", "manager")]);
        assert_eq!(recipients(&app, id, "OVERDUE_24").await, above);
        assert_eq!(recipients(&app, id, "OVERDUE_168").await, json!([one("DELIVERY_MANAGER", "manager")]));
        let count = "query($id: ID!) { project(id: $id) { overview { escalated overdue } } }";
        let counted = app.user("manager").await.ok(count, json!({ "id": app.project.id })).await;
        assert_eq!(counted["project"]["overview"], json!({ "escalated": 1, "overdue": 1 }));
        // An owner is not shown it.
        assert_eq!(defect(&owner, id, "escalated escalations { step }").await, json!({ "escalated": false, "escalations": [] }));
        assert_eq!(matching(&app, &owner, json!({ "escalated": true })).await, Vec::<Uuid>::new());
        // Another company gets a new due time, and the steps start again.
        run(&site, "defectAssign", json!({ "defectId": id, "companyId": app.project.company("B") })).await;
        assert_eq!(defect(&site, id, "escalated escalations { step }").await, json!({ "escalated": false, "escalations": [] }));
        app.advance_seconds(8 * 24 * HOUR);
        assert_eq!(escalate(&app).await, 2, "due, and a day over; it is too late for a reminder");
    }

    async fn stopped_clock_reaches_no_step(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let (held, late, fixed) = (
            log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await,
            log(&app, &site, "1-101", json!({})).await,
        );
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
        run(&site, "defectHold", json!({ "defectId": held, "reason": "no paint" })).await;
        run(&app.user("worker.a").await, "defectReportFixed", json!({ "defectId": fixed, "attemptId": v7() })).await;
        app.advance_seconds((7 * 24 + 1) * HOUR);
        let dispute = json!({ "defectId": late, "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" });
        run(&app.user("lead.a").await, "defectDispute", dispute).await;
        app.advance_seconds(30 * 24 * HOUR);
        assert_eq!(escalate(&app).await, 1);
        assert_eq!(steps(&app, held).await, Vec::<String>::new());
        assert_eq!(steps(&app, fixed).await, Vec::<String>::new());
        assert_eq!(steps(&app, late).await, ["OVERDUE_0"], "it was late when it was disputed, and by an hour only");
        assert_eq!(defect(&site, late, "escalated overdue").await, json!({ "escalated": true, "overdue": true }));
    }
}
