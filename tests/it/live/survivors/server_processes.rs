//! Server processes on one database and one object store.

use std::sync::Arc;

use app::App;
use app::live::LiveSettings;
use serde_json::{Value, json};
use store::db::{Db, DbSettings};
use tempfile::TempDir;
use tests::database::TestDb;
use tests::fixture::{self, PASSWORD};
use tests::ids::v7;
use tokio::sync::watch;
use transport::LiveLimits;
use uuid::Uuid;

use super::subscriber::PEOPLE;
use crate::live::setup;
use crate::server_process::{Process, objects_at};

/// One of the servers.
enum Server {
    /// The program, as a separate process.
    Program(Box<Process>),
    /// The negative control: a server in the test's process that exchanges nothing with the others.
    Isolated(Box<setup::Process>),
}

pub(super) struct ServerProcesses {
    folder: TempDir,
    database: DbSettings,
    isolated: bool,
    store: Process,
    servers: Vec<Option<Server>>,
    /// The targets of a load balancer: the addresses of the processes, `None` for a dead one.
    pub(super) addresses: watch::Sender<Vec<Option<String>>>,
    pub(super) project_id: Uuid,
    unit_id: Uuid,
    /// The people with tablets.
    pub(super) tokens: Vec<String>,
    client: reqwest::Client,
}

impl ServerProcesses {
    /// Imports the test's project and starts this many processes.
    pub(super) async fn start(db: &TestDb, count: usize, isolated: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
        let app = App::new(db.db.clone(), Arc::new(objects_at(&store.address)));
        let (project, _, _) = fixture::set_up(&app).await;
        db.db.close().await.expect("the database closes");
        let mut server = Self {
            folder,
            database: db.settings.clone(),
            isolated,
            store,
            servers: (0..count).map(|_| None).collect(),
            addresses: watch::Sender::new(vec![None; count]),
            project_id: project.id,
            unit_id: project.unit("1-101"),
            tokens: Vec::new(),
            client: reqwest::Client::new(),
        };
        for number in 0..count {
            server.start_again(number).await;
        }
        for login in PEOPLE {
            server.tokens.push(sign_in(&server.client, &server.address(0), login).await.expect("a token"));
        }
        server
    }

    pub(super) const fn count(&self) -> usize {
        self.servers.len()
    }

    pub(super) async fn start_again(&mut self, number: usize) {
        let (server, address) = if self.isolated { self.start_isolated().await } else { self.start_program().await };
        self.addresses.send_modify(|addresses| addresses[number] = Some(address));
        self.servers[number] = Some(server);
    }

    async fn start_program(&self) -> (Server, String) {
        let more = [("HANDOVER_DATABASE_CONNECTIONS", "4"), ("HANDOVER_LIVE_PER_PERSON", "1000")];
        let server = Process::server(self.folder.path(), &self.database.url, &self.store.address, &more).await;
        let server = server.expect("the server starts");
        let address = server.address.clone();
        (Server::Program(Box::new(server)), address)
    }

    async fn start_isolated(&self) -> (Server, String) {
        let db = Db::connect(&self.database).await.expect("the database opens");
        let app = App::new(db, Arc::new(objects_at(&self.store.address)));
        let limits = LiveLimits { per_person: 1_000, ..LiveLimits::default() };
        let server = setup::Process::isolated(app, LiveSettings::default(), limits).await;
        let address = server.address.to_string();
        (Server::Isolated(Box::new(server)), address)
    }

    pub(super) async fn kill(&mut self, number: usize) {
        match self.servers[number].take().expect("it lives") {
            Server::Program(process) => process.kill().await,
            Server::Isolated(server) => drop(server),
        }
        self.addresses.send_modify(|addresses| addresses[number] = None);
    }

    fn address(&self, number: usize) -> String {
        self.addresses.borrow()[number].clone().expect("it lives")
    }

    /// Logs a defect by one of the processes.
    pub(super) async fn log_defect(&self, number: usize) -> Uuid {
        let id = v7();
        let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let input = json!({ "input": { "defectId": id, "unitId": self.unit_id, "type": "WALL.CRACK" } });
        let answer = ask(&self.client, &self.address(number), Some(&self.tokens[0]), document, input).await;
        assert_eq!(answer.expect("an answer")["defectLog"]["userErrors"], json!([]));
        id
    }
}

/// Sends a document to a process; `None` without a valid answer.
pub(super) async fn ask(
    client: &reqwest::Client,
    address: &str,
    token: Option<&str>,
    document: &str,
    variables: Value,
) -> Option<Value> {
    let body = json!({ "query": document, "variables": variables });
    let mut request = client.post(format!("http://{address}/graphql")).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer: Value = request.send().await.ok()?.json().await.ok()?;
    answer.get("data").filter(|data| data.is_object()).cloned()
}

async fn sign_in(client: &reqwest::Client, address: &str, login: &str) -> Option<String> {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }";
    let data = ask(client, address, None, document, json!({ "login": login, "password": PASSWORD })).await?;
    data["sessionCreate"]["session"]["accessToken"].as_str().map(str::to_owned)
}
