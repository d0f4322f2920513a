//! A statement that the database cancels because it takes too long: whatever it was for, the answer is 503 and says when
//! to ask again. It is no error of the server.

use std::time::Duration;

use app::App;
use axum::Router;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use store::db::{Backend, Db, DbSettings, WriteTx};
use tests::app::{TestApp, listen};
use tests::database::TestDb;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::limits::Limits;

use crate::sync::{PUSH, Tablet, log_input};

/// How long a statement may take.
const LIMIT: Duration = Duration::from_millis(200);
/// Is true after hours.
const ENDLESS: &str = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000)
    SELECT COUNT(*) FROM n) > 0";

const LOG: &str =
    "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code } } }";

/// What is read: who reads it, which table takes too long, and the query.
const READS: [(&str, &str, &str); 7] = [
    ("site", "changes", "query($id: ID!) { changes(projectId: $id, first: 5) { cursor } }"),
    ("site", "project_clock", "query($id: ID!) { changes(projectId: $id, first: 5) { cursor } }"),
    ("site", "defects", "query($id: ID!) { changes(projectId: $id, first: 500) { nodes { object { id } } } }"),
    ("site", "units", "query($id: ID!) { project(id: $id) { units(first: 2) { nodes { code } } } }"),
    // By a loader, below the lists.
    ("site", "rooms", "query($id: ID!) { project(id: $id) { units(first: 2) { nodes { rooms { id } } } } }"),
    ("manager", "units", "query($id: ID!) { project(id: $id) { overview { unitsTotal } } }"),
    ("site", "projects", "query($id: ID!) { node(id: $id) { id } }"),
];

/// A table from which nothing is read in time, until it is released.
struct HeldTable<'a> {
    app: &'a TestApp,
    table: &'static str,
    /// PostgreSQL's lock on it. On SQLite, where readers wait for nobody, an endless view stands in its place.
    lock: Option<WriteTx>,
}

impl<'a> HeldTable<'a> {
    async fn hold(app: &'a TestApp, table: &'static str) -> Self {
        if app.app.db.backend() == Backend::Postgres {
            let lock = app.app.db.begin().await.expect("a transaction");
            let statement = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
            lock.execute_unprepared(&statement).await.expect("a lock");
            return Self { app, table, lock: Some(lock) };
        }
        run(app, &format!("ALTER TABLE {table} RENAME TO held_{table}")).await;
        run(app, &format!("CREATE VIEW {table} AS SELECT * FROM held_{table} WHERE {ENDLESS}")).await;
        Self { app, table, lock: None }
    }

    async fn release(self) {
        let Self { app, table, lock } = self;
        if let Some(lock) = lock {
            return lock.rollback().await.expect("rolled back");
        }
        run(app, &format!("DROP VIEW {table}")).await;
        run(app, &format!("ALTER TABLE held_{table} RENAME TO {table}")).await;
    }
}

async fn run(app: &TestApp, sql: &str) {
    app.app.db.write(async |tx| tx.execute_unprepared(sql).await.map(drop)).await.expect("a statement");
}

/// A second server on the same database, whose statements have little time.
struct ImpatientServer {
    url: String,
    client: reqwest::Client,
    db: Db,
    _stop: DropGuard,
}

impl ImpatientServer {
    async fn start(app: &TestApp, db: &TestDb) -> Self {
        let settings = DbSettings { statement_timeout: LIMIT, ..db.settings.clone() };
        let db = Db::connect(&settings).await.expect("the database opens");
        let stop = CancellationToken::new();
        let server = App { db: db.clone(), ..app.app.clone() };
        let address = listen(server, Router::new(), Limits::default(), stop.clone()).await;
        let url = format!("http://{address}/graphql");
        Self { url, client: app.client().clone(), db, _stop: stop.drop_guard() }
    }

    async fn post(&self, token: &str, accept: &str, document: &str, variables: Value) -> reqwest::Response {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(&self.url).bearer_auth(token).header("accept", accept).json(&body);
        request.send().await.expect("an answer")
    }

    async fn ask(&self, token: &str, document: &str, variables: Value) -> Answer {
        let response = self.post(token, "application/graphql-response+json", document, variables).await;
        let wait = response.headers().get("retry-after").map(|wait| wait.to_str().expect("a text").to_owned());
        let status = response.status().as_u16();
        let body = response.text().await.expect("a whole body");
        Answer { status, wait, body: serde_json::from_str(&body).expect("JSON") }
    }

    async fn close(self) {
        self.db.close().await.expect("closed");
    }
}

struct Answer {
    status: u16,
    wait: Option<String>,
    body: Value,
}

impl Answer {
    fn assert_too_slow(&self, what: &str) {
        let Self { status, wait, body } = self;
        let error = &body["errors"][0];
        let told = (*status, wait.as_deref(), error["extensions"]["code"].as_str());
        assert_eq!(told, (503, Some("5"), Some("TIMEOUT")), "{what}: {body:#}");
        assert_eq!(error["message"], "the database took too long; try again in 5 s", "{what}");
    }
}

on_both_databases! {
    async fn whatever_is_read_may_be_read_again_later(db: TestDb) {
        let app = TestApp::start(&db).await;
        Tablet::of(&app, "site").await.log("1-101").await;
        let server = ImpatientServer::start(&app, &db).await;
        for (login, table, query) in READS {
            let token = app.user(login).await.token().await;
            let variables = json!({ "id": app.project.id });
            let held = HeldTable::hold(&app, table).await;
            let answer = server.ask(&token, query, variables.clone()).await;
            held.release().await;
            answer.assert_too_slow(&format!("{table}: {query}"));
            let answer = app.ask(Some(&token), query, variables).await;
            assert!(answer.get("errors").is_none(), "{table}: {answer:#}");
        }
        server.close().await;
    }

    async fn a_token_that_cannot_be_checked_now_is_no_error(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = app.user("site").await.token().await;
        let server = ImpatientServer::start(&app, &db).await;
        let held = HeldTable::hold(&app, "memberships").await;
        app.app.caller_cache.forget();
        let answer = server.ask(&token, "{ viewer { id } }", json!({})).await;
        held.release().await;
        answer.assert_too_slow("the caller");
        let answer = app.ask(Some(&token), "{ viewer { id } }", json!({})).await;
        assert_eq!(answer["data"]["viewer"]["id"], json!(app.person_id("site")), "{answer:#}");
        server.close().await;
    }

    async fn a_stream_that_cannot_begin_says_why(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = app.user("site").await.token().await;
        let server = ImpatientServer::start(&app, &db).await;
        let held = HeldTable::hold(&app, "project_clock").await;
        let follow = "subscription($id: ID!) { changesAvailable(projectId: $id) { cursor } }";
        let response = server.post(&token, "text/event-stream", follow, json!({ "id": app.project.id })).await;
        let events = response.text().await.expect("all events");
        held.release().await;
        assert!(events.contains("\"code\":\"TIMEOUT\"") && events.contains("the database took too long"), "{events}");
        server.close().await;
    }

    async fn a_command_that_could_not_read_is_done_later(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = app.user("site").await.token().await;
        let server = ImpatientServer::start(&app, &db).await;
        let (one, other) = (v7(), v7());
        let log = json!({ "input": log_input(&app, one, "1-101") });
        let before = fingerprint(&app.app.db).await;
        let held = HeldTable::hold(&app, "rooms").await;
        let logged = server.ask(&token, LOG, log.clone()).await;
        held.release().await;
        logged.assert_too_slow("defectLog");
        assert_eq!(fingerprint(&app.app.db).await, before, "nothing was written");
        let logged = app.ask(Some(&token), LOG, log).await;
        assert_eq!(logged["data"]["defectLog"]["defect"]["id"], json!(one), "{logged:#}");

        let operation = json!({ "operationId": v7(), "command": { "defectLog": log_input(&app, other, "1-101") } });
        let push = json!({ "input": { "deviceId": v7(), "operations": [operation] } });
        let held = HeldTable::hold(&app, "rooms").await;
        let Answer { status, body, .. } = server.ask(&token, PUSH, push.clone()).await;
        held.release().await;
        let result = &body["data"]["syncPush"]["results"][0];
        // Or what the push reads before its operations took too long as well.
        let is_passing = status == 503 || result["userErrors"][0]["code"] == "TRY_AGAIN";
        assert!(is_passing, "{status}: {body:#}");
        let pushed = app.ask(Some(&token), PUSH, push).await;
        assert_eq!(pushed["data"]["syncPush"]["results"][0]["outcome"], "APPLIED", "{pushed:#}");
        server.close().await;
    }
}
