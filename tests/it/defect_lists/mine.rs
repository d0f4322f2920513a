//! `mine` contains the viewer's present tasks, by the rule of `allowedCommands`, under every policy.

use domain::Party;
use domain::policy::{Policy, Verification};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::projects;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::model::{numbers, populated, walk};

/// All people, with the commands that are tasks of each.
const PEOPLE: [(&str, &[&str]); 11] = [
    ("worker.a", &["REPORT_FIXED"]),
    ("worker.b", &["REPORT_FIXED"]),
    ("lead.a", &["REPORT_FIXED"]),
    ("lead.b", &["REPORT_FIXED"]),
    ("site", &["ASSIGN", "VERIFY", "RESOLVE_DISPUTE"]),
    ("manager", &["RESOLVE_DISPUTE"]),
    ("supervisor", &["ASSIGN", "VERIFY"]),
    ("property", &["VERIFY"]),
    ("escort", &["VERIFY"]),
    ("relations", &[]),
    ("owner1", &["VERIFY"]),
];

async fn set_policy(app: &TestApp, verification: Verification, verifying_parties: &[Party]) {
    let verifying_parties = verifying_parties.to_vec();
    let policy = Policy { verification, verifying_parties, after_photo_required: false, ..Policy::default() };
    let update = projects::Entity::update_many()
        .col_expr(projects::Column::Policy, Expr::value(serde_json::to_value(policy).expect("a policy")))
        .filter(projects::Column::Id.eq(app.project.id));
    app.app.db.write(async |tx| update.exec(tx).await).await.expect("a policy");
}

/// Whether one of the person's commands is allowed on the defect.
fn is_theirs(row: &Value, login: &str, commands: &[&str], id: &str) -> bool {
    let allowed = row["allowedCommands"].as_array().into_iter().flatten().any(|command| {
        let name = command["name"].as_str().unwrap_or_default();
        // Others may be reassigned, but only defects without a responsible company are tasks.
        let waits = name != "ASSIGN" || row["status"] == "OPEN";
        command["allowed"] == json!(true) && commands.contains(&name) && waits
    });
    allowed && (!login.starts_with("worker") || row["assignee"]["id"] == id)
}

async fn check(app: &TestApp, policy: &str) -> usize {
    let order = json!({ "field": "NUMBER" });
    let mut waiting = 0;
    for (login, commands) in PEOPLE {
        let user = app.user(login).await;
        let id = app.person_id(login).to_string();
        let seen = walk(&user, app, &json!({}), &order, 100, true).await;
        let expected: Vec<Value> = seen.iter().filter(|row| is_theirs(row, login, commands, &id)).cloned().collect();
        let found = walk(&user, app, &json!({ "mine": true }), &order, 100, true).await;
        assert_eq!(numbers(&found), numbers(&expected), "{login} under {policy}");
        let some = walk(&user, app, &json!({ "mine": true, "status": ["FIXED"] }), &order, 100, true).await;
        assert_eq!(some.len(), expected.iter().filter(|row| row["status"] == "FIXED").count(), "{login} {policy}");
        waiting += found.len();
    }
    waiting
}

on_both_databases! {
    async fn mine_contains_the_viewers_present_tasks(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        populated(&app).await;
        // The model's defects use free numbers.
        let clock = "UPDATE project_clock SET defect_no = 10000";
        app.app.db.write(async |tx| tx.execute_unprepared(clock).await.map(drop)).await.expect("numbers");
        let report = "mutation($input: DefectReportFixedInput!) { defectReportFixed(input: $input) { userErrors { code } } }";
        let verify = "mutation($input: DefectVerifyInput!) { defectVerify(input: $input) { userErrors { code } } }";
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        set_policy(&app, Verification::All, &[Party::Developer, Party::Supervisor]).await;
        // Repairs of staff's and owners' findings, without a verdict, with one of the two verdicts, and with both.
        for (finder, judges) in [("site", vec![]), ("site", vec!["supervisor"]), ("owner1", vec!["site"]),
            ("owner1", vec!["site", "supervisor"])]
        {
            let id = v7();
            let input = json!({ "defectId": id, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" });
            app.user(finder).await.ok(log, json!({ "input": input })).await;
            let attempt = json!({ "defectId": id, "attemptId": v7() });
            app.user("lead.a").await.ok(report, json!({ "input": attempt })).await;
            for judge in judges {
                let verdict = json!({ "defectId": id, "verdictId": v7(), "passed": true });
                app.user(judge).await.ok(verify, json!({ "input": verdict })).await;
            }
        }
        let both = check(&app, "all parties").await;
        set_policy(&app, Verification::AnyOne, &[Party::Property]).await;
        let property = check(&app, "property alone").await;
        assert!(both > 20 && property > 20 && both != property, "{both} {property}");
    }
}
