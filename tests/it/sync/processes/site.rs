//! Server processes on a test's database, an object store, and the connections to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use serde_json::Value;
use store::db::{Db, DbSettings};
use tempfile::TempDir;
use tests::database::TestDb;
use tests::fixture::{self, FixtureProject, PASSWORD};
use tests::tablet::error::RetryPolicy;
use tests::tablet::http::Http;
use tests::tablet::session::Session;
use tests::tablet::wire::{Answer, Broken, Wire};
use tokio::sync::watch;
use uuid::Uuid;

use crate::server_process::{Process, objects_at, program};

/// The timeout of an answer of a debug build.
const TIME_OUT: Duration = Duration::from_secs(20);
/// The timeout of readers, who also wait for a starting server.
pub(super) const RETRY_POLICY: RetryPolicy =
    RetryPolicy { shortest: Duration::from_millis(5), longest: Duration::from_millis(200), times: 12 };

pub(super) struct Site {
    folder: TempDir,
    database: DbSettings,
    store: Process,
    servers: Vec<Option<Process>>,
    /// The address of each, or its last one.
    addresses: watch::Sender<Vec<String>>,
    pub(super) project: FixtureProject,
    people: BTreeMap<String, Uuid>,
    http: Http,
}

impl Site {
    /// Imports the test's project and starts this many processes. From then on only they use the database.
    pub(super) async fn start(db: &TestDb, count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
        let app = App::new(db.db.clone(), Arc::new(objects_at(&store.address)));
        let (project, _, people) = fixture::set_up(&app).await;
        db.db.close().await.expect("the database closes");
        let mut site = Self {
            folder,
            database: db.settings.clone(),
            store,
            servers: (0..count).map(|_| None).collect(),
            addresses: watch::Sender::new(vec![String::new(); count]),
            project,
            people,
            http: Http::to("", TIME_OUT),
        };
        for number in 0..count {
            site.start_again(number).await.expect("the server starts");
        }
        site
    }

    pub(super) async fn start_again(&mut self, number: usize) -> Result<(), String> {
        // Two processes and a test share PostgreSQL's limit of connections.
        let more = [("HANDOVER_DATABASE_CONNECTIONS", "4")];
        let server = Process::server(self.folder.path(), &self.database.url, &self.store.address, &more).await?;
        self.addresses.send_modify(|addresses| addresses[number].clone_from(&server.address));
        self.servers[number] = Some(server);
        Ok(())
    }

    pub(super) async fn kill(&mut self, number: usize) {
        if let Some(server) = self.servers[number].take() {
            server.kill().await;
        }
    }

    pub(super) async fn kill_all(&mut self) {
        for number in 0..self.servers.len() {
            self.kill(number).await;
        }
    }

    /// Runs a command of the program.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = program(self.folder.path(), &self.database.url, &self.store.address);
        let done = command.args(arguments).output().await.expect("the program is built");
        if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
    }

    pub(super) fn address(&self, number: usize) -> String {
        self.addresses.borrow()[number].clone()
    }

    /// The connection to one of the processes, also after its restart at another address.
    pub(super) fn way(&self, number: usize) -> Way {
        Way { http: self.http.clone(), addresses: self.addresses.subscribe(), number, deaf: false }
    }

    /// A person's session.
    pub(super) async fn sign_in(&self, way: &Way, login: &str) -> Session<Way> {
        let sign_in = || Session::sign_in(way.clone(), login, PASSWORD, "a tablet");
        RETRY_POLICY.retry(sign_in).await.expect("signed in")
    }

    pub(super) fn person(&self, login: &str) -> Uuid {
        self.people[login]
    }

    /// The database, for reading.
    pub(super) async fn database(&self) -> Db {
        Db::connect(&self.database).await.expect("the database opens")
    }
}

/// The connection to a process.
#[derive(Clone)]
pub(super) struct Way {
    http: Http,
    addresses: watch::Receiver<Vec<String>>,
    number: usize,
    /// A defect for a negative control: it never detects a restored backup.
    pub(super) deaf: bool,
}

impl Wire for Way {
    async fn post(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let server = format!("http://{}", self.addresses.borrow()[self.number]);
        let mut answer = self.http.at(&server).post(token, body).await?;
        if self.deaf
            && let Ok(text) = std::str::from_utf8(&answer.body)
        {
            answer.body = text.replace("\"RESTORED\"", "\"OTHER_CURSOR\"").into_bytes();
        }
        Ok(answer)
    }

    async fn put(&self, link: &Value, bytes: Vec<u8>) -> Result<u16, Broken> {
        self.http.put(link, bytes).await
    }
}
