//! The server and the object store as processes that are killed and restarted on the same data.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::App;
use blob_store::ObjectStore;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::db::{Db, DbSettings};
use store::entity::photos;
use tempfile::TempDir;
use tests::database::TestDb;
use tests::fixture;
use tests::ids::v7;
use tokio::sync::watch;
use uuid::Uuid;

use super::Troubles;
use super::tablet::Asker;
use crate::server_process::{Process, objects_at};

/// The broken part, which loses acknowledged data at a kill.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Forgets {
    Nothing,
    Store,
    Database,
}

pub(super) struct ServerProcess {
    folder: TempDir,
    database: DbSettings,
    project_id: Uuid,
    unit_id: Uuid,
    store: Option<Process>,
    store_address: String,
    server: Option<Process>,
    server_address: watch::Sender<String>,
    forgets: Forgets,
    /// The objects of the store at its last start.
    kept: BTreeSet<PathBuf>,
}

impl ServerProcess {
    /// Imports the test's project into the database, and starts both parts. From then on only the server uses the
    /// database.
    pub(super) async fn start(db: &TestDb, forgets: Forgets) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
        let store_address = store.address.clone();
        let app = App::new(db.db.clone(), Arc::new(objects_at(&store_address)));
        let (project, _, _) = fixture::set_up(&app).await;
        db.db.close().await.expect("the database closes");
        let mut server = Self {
            folder,
            database: db.settings.clone(),
            project_id: project.id,
            unit_id: project.unit("1-101"),
            store: Some(store),
            store_address,
            server: None,
            server_address: watch::channel(String::new()).0,
            forgets,
            kept: BTreeSet::new(),
        };
        server.start_again().await.expect("the server starts");
        server
    }

    /// A client of the object store.
    pub(super) fn objects(&self) -> ObjectStore {
        objects_at(&self.store_address)
    }

    pub(super) const fn project_id(&self) -> Uuid {
        self.project_id
    }

    /// A person at a tablet.
    pub(super) fn asker(&self, login: &str, troubles: Troubles) -> Asker {
        Asker::new(login, self.server_address.subscribe(), troubles)
    }

    /// Some defects to photograph.
    pub(super) async fn log_defects(&self) -> Vec<Uuid> {
        let mut site = self.asker("site", Troubles::default());
        let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let ids = [v7(), v7(), v7()];
        for id in ids {
            let input = json!({ "defectId": id, "unitId": self.unit_id, "type": "WALL.CRACK" });
            site.ask(document, json!({ "input": input })).await.expect("a defect is logged");
        }
        ids.to_vec()
    }

    pub(super) async fn kill_server(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill().await;
        }
        if self.forgets == Forgets::Database {
            self.forget_a_photo().await;
        }
    }

    /// The first ready photo, which its tablet deleted long ago.
    async fn forget_a_photo(&self) {
        let db = Db::connect(&self.database).await.expect("the database opens");
        let ready = photos::Entity::find().filter(photos::Column::State.eq("READY"));
        let first = ready.order_by_asc(photos::Column::ReadyAt).one(db.read()).await.expect("the photos");
        if let Some(photo) = first {
            let gone = photos::Entity::delete_by_id(photo.id);
            db.write(async |tx| gone.exec(tx).await).await.expect("forgotten");
        }
        db.close().await.expect("the database closes");
    }

    pub(super) async fn kill_store(&mut self) {
        if let Some(store) = self.store.take() {
            store.kill().await;
        }
        if self.forgets == Forgets::Store {
            for object in objects_in(&self.buckets()).difference(&self.kept) {
                std::fs::remove_file(object).expect("forgotten");
            }
        }
    }

    /// Starts the stopped parts, concurrently.
    pub(super) async fn start_again(&mut self) -> Result<(), String> {
        let store = async {
            match self.store.take() {
                Some(running) => Ok(running),
                None => Process::store(self.folder.path(), &self.store_address).await,
            }
        };
        let server = async {
            match self.server.take() {
                Some(running) => Ok(running),
                None => Process::server(self.folder.path(), &self.database.url, &self.store_address, &[]).await,
            }
        };
        let (store, server) = tokio::join!(store, server);
        let server = server?;
        self.server_address.send_replace(server.address.clone());
        (self.store, self.server) = (Some(store?), Some(server));
        if self.forgets == Forgets::Store {
            self.kept = objects_in(&self.buckets());
        }
        Ok(())
    }

    fn buckets(&self) -> PathBuf {
        self.folder.path().join("objects/buckets")
    }
}

/// Every object's file.
fn objects_in(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { objects_in(&path) } else { BTreeSet::from([path]) }).collect()
}
