//! A separate server process for a test, on the database and with the people of a `TestApp`.

use std::net::SocketAddr;
use std::time::Duration;

use api::application;
use app::live::{Live, LiveSettings};
use app::{App, CallerCache};
use axum::Router;
use serde_json::{Value, json};
use store::db::Db;
use tests::app::TestApp;
use tests::database::TestDb;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use transport::{LiveLimits, Settings, serve};
use uuid::Uuid;

/// Frequent polls, so that tests need not wait.
pub(super) const QUICK: LiveSettings =
    LiveSettings { poll_interval: Duration::from_millis(200), pause: Duration::from_millis(20) };

/// No polls: only published changes arrive.
pub(super) const BLIND: LiveSettings = LiveSettings { poll_interval: Duration::from_secs(3_600), ..QUICK };

pub(super) struct Process {
    pub(super) address: SocketAddr,
    pub(super) app: App,
    pub(super) stop: CancellationToken,
    pub(super) ended: JoinHandle<std::io::Result<()>>,
}

impl Process {
    /// A process as in production, except for the interval of its polls.
    pub(super) async fn start(app: &TestApp, live: LiveSettings) -> Self {
        Self::with(app.app.clone(), live, LiveLimits::default()).await
    }

    /// Another process, with separate connections to the same database.
    pub(super) async fn another(app: &TestApp, db: &TestDb, live: LiveSettings) -> Self {
        let db = Db::connect(&db.settings).await.expect("the database opens");
        Self::with(App { db, ..app.app.clone() }, live, LiveLimits::default()).await
    }

    pub(super) async fn with(app: App, live: LiveSettings, limits: LiveLimits) -> Self {
        let process = Self::isolated(app, live, limits).await;
        tokio::spawn(app::live::run(process.app.clone(), process.stop.clone()));
        process
    }

    /// A broken server, in which `app::live::run` does not run: its own subscribers get its own commits, but it neither
    /// polls for commits of other processes nor sends or receives notifications.
    pub(super) async fn isolated(app: App, live: LiveSettings, limits: LiveLimits) -> Self {
        let settings = Settings {
            rate: None,
            live: limits,
            cors_origins: vec!["https://app.example".parse().expect("an origin")],
            ..Settings::default()
        };
        // Each process has its own memory.
        let app = App { live: Live::new(live), caller_cache: CallerCache::default(), ..app };
        let transport = application::transport(app.clone(), settings, Router::new()).expect("the schema can be read");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let ended = tokio::spawn(serve(listener, transport, stop.clone()));
        Self { address, app, stop, ended }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// Sends a document to this process and returns `data`.
    pub(super) async fn ask(&self, token: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let request = reqwest::Client::new().post(self.url()).bearer_auth(token).json(&body);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].clone()
    }

    /// Logs a defect by this process.
    pub(super) async fn log_defect(&self, token: &str, unit_id: Uuid) -> Uuid {
        let id = v7();
        let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": id, "unitId": unit_id, "type": "WALL.CRACK" });
        let data = self.ask(token, document, json!({ "input": input })).await;
        assert_eq!(data["defectLog"]["userErrors"], json!([]));
        id
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Signs in; answers the session's tokens.
pub(super) async fn session(app: &TestApp, login: &str) -> Value {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { id accessToken refreshToken } } }";
    let answer = app.ask(None, document, json!({ "login": login, "password": PASSWORD })).await;
    answer["data"]["sessionCreate"]["session"].clone()
}

/// Signs in; answers the access token.
pub(super) async fn token(app: &TestApp, login: &str) -> String {
    session(app, login).await["accessToken"].as_str().expect("a token").to_owned()
}
