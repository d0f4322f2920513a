//! A command that the database aborts because of a deadlock is repeated: the client gets no error.

use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::json;
use store::db::{Backend, WriteTx, is_transient};
use store::entity::defects;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use crate::sync::{Tablet, codes, describe, operation};

const TRIES: usize = 10;

const HOLD: &str = "mutation($input: DefectHoldInput!) { defectHold(input: $input) {
    results { defectId userErrors { code } } userErrors { code } } }";

/// Holds the project's clock, which every commit takes.
async fn hold_clock(app: &TestApp) -> WriteTx {
    let tx = app.app.db.begin().await.expect("a transaction");
    run(&tx, "UPDATE project_clock SET seq = seq WHERE project_id = $1", app.project.id).await.expect("the clock");
    tx
}

/// Waits until a command waits for the held clock, then requests the command's defect: one of the two must be aborted.
/// Returns whether it was the command.
async fn deadlock(tx: WriteTx, defect: Uuid) -> bool {
    loop {
        // Within a transaction the list of activity is a snapshot of its first read.
        tx.execute_unprepared("SELECT pg_stat_clear_snapshot()").await.expect("the activity of now");
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND wait_event_type = 'Lock'";
        let statement = Statement::from_string(tx.get_database_backend(), waiting);
        let row = tx.query_one_raw(statement).await.expect("the activity").expect("a count");
        if row.try_get_by_index::<i64>(0).expect("a number") > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let wanted = run(&tx, "UPDATE defects SET version = version WHERE id = $1", defect).await;
    let own_fault = wanted.as_ref().is_err_and(is_transient);
    assert!(wanted.is_ok() || own_fault, "{wanted:?}");
    tx.rollback().await.expect("rolled back");
    !own_fault
}

async fn run(tx: &WriteTx, sql: &str, id: Uuid) -> Result<(), store::Error> {
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()])).await.map(drop)
}

async fn alter(app: &TestApp, sql: &str) {
    app.app.db.write(async |tx| tx.execute_unprepared(sql).await.map(drop)).await.expect("a statement");
}

async fn version(app: &TestApp, id: Uuid) -> i32 {
    let found = defects::Entity::find_by_id(id).one(app.app.db.read()).await;
    found.expect("the defect").expect("a defect").version
}

on_both_databases! {
    async fn aborted_command_is_repeated(db: TestDb) {
        if db.backend() == Backend::Sqlite {
            // One writer at a time: nothing is aborted.
            return;
        }
        let app = TestApp::start(&db).await;
        let tablet = Tablet::of(&app, "site").await;
        let defect = tablet.log("1-101").await;
        for command in ["one", "each", "push"] {
            let mut broken_off = false;
            for _ in 0..TRIES {
                let before = version(&app, defect).await;
                // Before the command begins, because it could finish before the clock is held.
                let tx = hold_clock(&app).await;
                let (fault, ()) = tokio::join!(deadlock(tx, defect), assert_done(&tablet, command, defect));
                assert_eq!(version(&app, defect).await, before + 1, "{command} is done once");
                broken_off |= fault;
                if broken_off {
                    break;
                }
            }
            assert!(broken_off, "{command} was never broken off");
        }
    }

    async fn defect_that_always_deadlocks_stops_no_other_of_its_list(db: TestDb) {
        if db.backend() == Backend::Sqlite {
            // One writer at a time: nothing is aborted.
            return;
        }
        let app = TestApp::start(&db).await;
        let tablet = Tablet::of(&app, "site").await;
        let [before, broken, after] =
            [tablet.log("1-101").await, tablet.log("1-101").await, tablet.log("1-102").await];
        alter(&app, "CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$").await;
        alter(&app, &format!("CREATE TRIGGER deadlock BEFORE UPDATE ON defects FOR EACH ROW
            WHEN (NEW.id = '{broken}') EXECUTE FUNCTION deadlock()")).await;
        let input = |ids: &[Uuid]| json!({ "input": { "defectIds": ids, "reason": "no paint" } });
        let results = tablet.user.read(HOLD, input(&[before, broken, after])).await["defectHold"]["results"].clone();
        // A second hold of the same defect would be refused as `ON_HOLD`.
        assert_eq!(results, json!([
            { "defectId": before, "userErrors": [] },
            { "defectId": broken, "userErrors": [{ "code": "TRY_AGAIN" }] },
            { "defectId": after, "userErrors": [] },
        ]));
        let versions = [version(&app, before).await, version(&app, broken).await, version(&app, after).await];
        assert_eq!(versions, [2, 1, 2], "each is done once, or not at all");
        alter(&app, "DROP FUNCTION deadlock CASCADE").await;
        tablet.user.ok(HOLD, input(&[broken])).await;
        assert_eq!(version(&app, broken).await, 2);
    }

    async fn lasting_fault_of_an_operation_delays_no_other_of_the_device(db: TestDb) {
        let app = TestApp::start(&db).await;
        let tablet = Tablet::of(&app, "site").await;
        let (broken, good) = (tablet.log("1-101").await, tablet.log("1-102").await);
        let void = operation("defectVoid", json!({ "defectId": broken, "reason": "NOT_A_DEFECT" }), Some(1));
        assert_eq!(tablet.push_one(&void).await["outcome"], "APPLIED");
        // A code that this program does not know, so that every read of it fails.
        let fault = "UPDATE defects SET status_before_void = 'NOWHERE' WHERE id = $1";
        app.app.db.write(async |tx| run(tx, fault, broken).await).await.expect("a row");
        let restore = operation("defectRestore", json!({ "defectId": broken, "reason": "it is one" }), Some(2));
        let results = tablet.push(&[restore, describe(good, "second", 1)]).await;
        assert_eq!((codes(&results[0]), &results[0]["outcome"]), (vec!["SERVER_FAULT"], &json!("REJECTED")));
        assert_eq!(results[1]["outcome"], "APPLIED", "{results:#?}");
    }
}

/// A command on the defect that must succeed.
async fn assert_done(tablet: &Tablet<'_>, command: &str, defect: Uuid) {
    let update = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) { userErrors { code } } }";
    let assign = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) { userErrors { code } } }";
    match command {
        "one" => drop(tablet.user.ok(update, json!({ "input": { "defectId": defect, "description": v7() } })).await),
        "each" => {
            let company = tablet.app.project.company("A");
            drop(tablet.user.ok(assign, json!({ "input": { "defectId": defect, "companyId": company } })).await);
        }
        _ => {
            let result = tablet.push_one(&describe(defect, &v7().to_string(), 1_000)).await;
            assert_eq!(result["outcome"], json!("APPLIED"), "{result:#}");
        }
    }
}
