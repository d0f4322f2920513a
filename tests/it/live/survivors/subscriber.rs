//! An app that follows the project as `docs/subscriptions.md` describes: it pulls when it gets another cursor, and
//! reconnects to any available process when its connection breaks.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::server_processes::{ServerProcesses, ask};
use crate::live::socket::{Socket, init};

/// The people with tablets, several tablets each: all see the defects of contractor A.
pub(super) const PEOPLE: [&str; 8] =
    ["manager", "site", "relations", "supervisor", "property", "escort", "lead.a", "worker.a"];
/// The pause before a reconnect.
const PAUSE: Duration = Duration::from_millis(100);

const PULL: &str = "query($id: ID!, $cursor: String) {
    changes(projectId: $id, cursor: $cursor, first: 500) { cursor hasMore nodes { kind id } } }";

pub(super) struct Subscriber {
    task: JoinHandle<()>,
    copy: watch::Receiver<Option<BTreeSet<Uuid>>>,
    connected: Arc<AtomicUsize>,
}

struct App {
    token: String,
    number: usize,
    addresses: watch::Receiver<Vec<Option<String>>>,
    project_id: Uuid,
    client: reqwest::Client,
    /// The cursor of the copy, for the next pull.
    cursor: Value,
    /// The last received cursor.
    told: Option<String>,
    copy: watch::Sender<Option<BTreeSet<Uuid>>>,
    connected: Arc<AtomicUsize>,
}

impl Subscriber {
    pub(super) fn start(server: &ServerProcesses, number: usize) -> Self {
        let copy = watch::Sender::new(None);
        let (receiver, connected) = (copy.subscribe(), Arc::<AtomicUsize>::default());
        let app = App {
            token: server.tokens[number % PEOPLE.len()].clone(),
            number,
            addresses: server.addresses.subscribe(),
            project_id: server.project_id,
            client: reqwest::Client::new(),
            cursor: Value::Null,
            told: None,
            copy,
            connected: Arc::clone(&connected),
        };
        Self { task: tokio::spawn(app.run()), copy: receiver, connected }
    }

    /// Waits until the copy contains all of these.
    pub(super) async fn has(&self, defects: &BTreeSet<Uuid>) {
        let mut copy = self.copy.clone();
        let all = copy.wait_for(|copy| copy.as_ref().is_some_and(|copy| copy.is_superset(defects))).await;
        all.expect("the app runs");
    }

    /// The number of reconnects.
    pub(super) fn resumed(&self) -> usize {
        self.connected.load(Ordering::Relaxed).saturating_sub(1)
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl App {
    async fn run(mut self) {
        loop {
            // Ends only with the connection.
            let _ = self.follow().await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The usual process, or any living one.
    fn address(&self) -> Option<String> {
        let addresses = self.addresses.borrow();
        addresses[self.number % addresses.len()].clone().or_else(|| addresses.iter().flatten().next().cloned())
    }

    async fn follow(&mut self) -> Option<()> {
        let address = self.address()?;
        let socket_address: SocketAddr = address.parse().ok()?;
        let mut socket = Socket::open(socket_address, &[]).await.ok()?;
        socket.send(init(&self.token)).await;
        socket.quiet_next().await.filter(|message| message["type"] == "connection_ack")?;
        socket.follow("a", self.project_id).await;
        self.connected.fetch_add(1, Ordering::Relaxed);
        loop {
            let message = socket.quiet_next().await?;
            let cursor = message["payload"]["data"]["changesAvailable"]["cursor"].as_str()?.to_owned();
            if self.told.as_ref() != Some(&cursor) {
                self.pull(&address).await?;
                self.told = Some(cursor);
            }
        }
    }

    async fn pull(&mut self, address: &str) -> Option<()> {
        loop {
            let variables = json!({ "id": self.project_id, "cursor": self.cursor });
            let page = ask(&self.client, address, Some(&self.token), PULL, variables).await?["changes"].take();
            let nodes = page["nodes"].as_array()?.iter().filter(|node| node["kind"] == "DEFECT");
            let ids: Vec<Uuid> = nodes.filter_map(|node| node["id"].as_str()?.parse().ok()).collect();
            self.cursor = page["cursor"].clone();
            let more = page["hasMore"] == json!(true);
            self.copy.send_modify(|copy| copy.get_or_insert_default().extend(ids));
            if !more {
                return Some(());
            }
        }
    }
}
