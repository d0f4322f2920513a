//! A full disk of the database: commands get a temporary refusal, the server is not ready meanwhile, and everything
//! continues without a restart.

use http::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use store::db::Backend;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;
use uuid::Uuid;

use crate::sync::log_input;

const LOG: &str =
    "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code field } } }";

/// Leaves the database without room for further data.
async fn fill(app: &TestApp) {
    let db = &app.app.db;
    if db.backend() == Backend::Postgres {
        let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$";
        run(app, full).await;
        for table in ["defects", "storage_probes"] {
            run(app, &format!("CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()")).await;
        }
        return;
    }
    let tx = db.begin().await.expect("a transaction");
    let statement = Statement::from_string(tx.get_database_backend(), "PRAGMA page_count");
    let row = tx.query_one_raw(statement).await.expect("a pragma").expect("a count");
    let pages: i64 = row.try_get_by_index(0).expect("a number");
    tx.execute_unprepared(&format!("PRAGMA max_page_count = {pages}")).await.expect("a limit");
    tx.commit().await.expect("committed");
}

async fn make_room(app: &TestApp) {
    if app.app.db.backend() == Backend::Postgres {
        run(app, "DROP FUNCTION full_disk CASCADE").await;
    } else {
        run(app, "PRAGMA max_page_count = 1000000000").await;
    }
}

async fn run(app: &TestApp, sql: &str) {
    app.app.db.write(async |tx| tx.execute_unprepared(sql).await.map(drop)).await.expect("a statement");
}

async fn ready(app: &TestApp) -> StatusCode {
    app.client().get(app.url("/readyz")).send().await.expect("an answer").status()
}

/// A person who logs defects with long descriptions.
struct Finder<'a> {
    app: &'a TestApp,
    token: String,
}

impl Finder<'_> {
    fn input(&self, id: Uuid) -> Value {
        let mut input = log_input(self.app, id, "1-101");
        input["description"] = json!("crack ".repeat(600));
        input
    }

    async fn log(&self, id: Uuid) -> Value {
        self.app.ask(Some(&self.token), LOG, json!({ "input": self.input(id) })).await
    }

    /// Logs until a refusal, which must have written nothing; returns the id and the refusal.
    async fn log_until_refused(&self) -> (Uuid, Value) {
        for _ in 0..2_000 {
            let id = v7();
            let before = fingerprint(&self.app.app.db).await;
            let answer = self.log(id).await;
            if answer.get("errors").is_some() {
                assert_eq!(fingerprint(&self.app.app.db).await, before, "nothing was written");
                return (id, answer);
            }
        }
        panic!("the database was never full");
    }
}

on_both_databases! {
    async fn full_disk_is_reported_and_recovers_without_a_restart(db: TestDb) {
        let app = TestApp::start(&db).await;
        let finder = Finder { app: &app, token: app.user("site").await.token().await };
        assert_eq!(ready(&app).await, StatusCode::OK);
        fill(&app).await;
        let (id, refused) = finder.log_until_refused().await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "STORAGE_FULL", "{refused:#}");
        assert_eq!(ready(&app).await, StatusCode::SERVICE_UNAVAILABLE);
        let operation = json!({ "operationId": v7(), "command": { "defectLog": finder.input(id) } });
        let push = json!({ "input": { "deviceId": v7(), "operations": [operation] } });
        let pushed = app.ask(Some(&finder.token), crate::sync::PUSH, push).await;
        let passes = pushed["errors"][0]["extensions"]["code"] == "STORAGE_FULL"
            || pushed["data"]["syncPush"]["results"][0]["userErrors"][0]["code"] == "TRY_AGAIN";
        assert!(passes, "{pushed:#}");
        assert_eq!(ready(&app).await, StatusCode::SERVICE_UNAVAILABLE);
        make_room(&app).await;
        assert_eq!(ready(&app).await, StatusCode::OK);
        let done = finder.log(id).await;
        assert_eq!(done["data"]["defectLog"]["defect"]["id"], json!(id), "{done:#}");
    }
}
