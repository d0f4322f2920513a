//! `handover recount`, run as a process: its output and its exit code. It changes nothing.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::entity::defects;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::{log, run};
use crate::server_process::program;

/// Whether it succeeded, its standard output, and its standard error.
async fn recount(app: &TestApp, url: &str) -> (bool, String, String) {
    let before = fingerprint(&app.app.db).await;
    // The store is not used.
    let mut command = program(app.folder.path(), url, "127.0.0.1:9");
    let output = command.arg("recount").kill_on_drop(true).output().await.expect("the program runs");
    assert_eq!(before, fingerprint(&app.app.db).await);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

on_both_databases! {
    async fn command_line_compares_the_metrics_with_the_events(db: TestDb) {
        let app = TestApp::start(&db).await;
        let url = db.settings.url.as_str();
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
        let site = app.user("site").await;
        let fixed = log(&app, &site, "1-101", json!({})).await;
        log(&app, &site, "1-101", json!({})).await;
        run(&app.user("worker.a").await, "defectReportFixed", json!({ "defectId": fixed, "attemptId": v7() })).await;
        let pass = json!({ "defectId": fixed, "verdictId": v7(), "passed": true });
        run(&app.user("supervisor").await, "defectVerify", pass).await;

        let (good, printed, said) = recount(&app, url).await;
        assert!(good, "{printed}{said}");
        for line in [
            "duplicates of void defects: 0",
            "HOME: metrics from events (as stored)",
            "  first-pass rate: 1/1 (1/1)",
            "  close-out rate: 1/2 (1/2)",
            "  send-back rate: 0/1 (0/1)",
            "OTHER: metrics from events (as stored)",
        ] {
            assert!(printed.lines().any(|one| one == line), "no {line:?} in:\n{printed}");
        }
        assert_eq!(printed.lines().filter(|line| *line == "  no difference").count(), 2, "{printed}");

        let wrong = defects::Entity::update_many()
            .col_expr(defects::Column::FirstAttemptPassed, Expr::value(false))
            .filter(defects::Column::Id.eq(fixed));
        app.app.db.write(async |tx| wrong.exec(tx).await).await.expect("written");
        let (good, printed, said) = recount(&app, url).await;
        assert!(!good, "{printed}{said}");
        for line in ["  first-pass rate: 1/1 (0/1)", "  DIFFERENT: firstPass", "  no difference"] {
            assert!(printed.lines().any(|one| one == line), "no {line:?} in:\n{printed}");
        }
        assert!(said.contains("handover: the metrics of 1 projects differ from those counted from their events"), "{said}");
    }

    async fn command_line_lists_duplicates_of_void_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let (gone, lost) = (log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await);
        run(&site, "defectMerge", json!({ "defectId": lost, "intoDefectId": gone })).await;
        // As earlier versions could leave them.
        let void = defects::Entity::update_many()
            .col_expr(defects::Column::Status, Expr::value("VOID"))
            .col_expr(defects::Column::VoidReason, Expr::value("NOT_A_DEFECT"))
            .col_expr(defects::Column::StatusBeforeVoid, Expr::value("ASSIGNED"))
            .filter(defects::Column::Id.eq(gone));
        app.app.db.write(async |tx| void.exec(tx).await).await.expect("written");
        let (_, printed, said) = recount(&app, db.settings.url.as_str()).await;
        assert!(printed.lines().any(|line| line == "duplicates of void defects: 1"), "{printed}{said}");
        let expected = "  HOME: D-000002 is a duplicate of a void defect; defectRestore brings it back";
        let listed = printed.lines().any(|line| line == expected);
        assert!(listed, "{printed}{said}");
    }
}
