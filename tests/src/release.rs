//! Data of earlier releases: databases that they wrote, opened by the present program.
//!
//! `tests/data/<newest migration>/` contains, for SQLite and PostgreSQL, the statements that fill a database, and the
//! facts that tests need (ids, operations, a cursor). `tests/data/README.md` explains how it was made.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::{App, Clock};
use async_compression::tokio::bufread::ZstdDecoder;
use axum::Router;
use blob_store::ObjectStore;
use domain::Timestamp;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use store::db::Backend;
use store::entity::sessions;
use tokio::io::AsyncReadExt;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::limits::Limits;

use crate::app::listen;
use crate::database::{self, TestDb};
use crate::stores::settings_at;
use crate::tablet::http::Http;
use crate::tablet::session::Session;

/// The password of the people of `docs/example-project.yaml`.
pub const PASSWORD: &str = "change-me-now";

/// Makes of one test body, `async fn name(old: Release)`, the tests `name::sqlite` and `name::postgres` on the data of
/// the release.
#[macro_export]
macro_rules! on_release {
    ($release:literal: $($(#[$attribute:meta])* async fn $name:ident($old:ident: Release) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($old: $crate::release::Release) $body

            #[test]
            fn sqlite() {
                $crate::runtime::block_on($crate::release::run(store::db::Backend::Sqlite, $release, body));
            }

            #[test]
            fn postgres() {
                $crate::runtime::block_on($crate::release::run(store::db::Backend::Postgres, $release, body));
            }
        }
    )+};
}

/// The present program's server on the data of a release. Objects were not kept, so photos have no bytes.
pub struct Release {
    /// The database, with the present program's migrations applied.
    pub db: TestDb,
    /// The facts that tests need: see `tests/data/README.md`.
    pub known: Value,
    /// The server's services. Their clock is set to an hour after the newest session of the data.
    pub app: App,
    address: SocketAddr,
    _stop: DropGuard,
}

impl Release {
    async fn open(db: TestDb, known: Value) -> Self {
        // Migrations write no sessions; events of their corrections have today's date.
        let newest = sessions::Entity::find().order_by_desc(sessions::Column::CreatedAt).one(db.db.read()).await;
        let newest = newest.expect("the sessions").expect("a session").created_at;
        let clock = Clock::fixed(Timestamp(newest).plus_seconds(60 * 60));
        let objects = ObjectStore::new(&settings_at("127.0.0.1:9")).expect("a client");
        let app = App { clock, ..App::new(db.db.clone(), Arc::new(objects)) };
        let stop = CancellationToken::new();
        let address = listen(app.clone(), Router::new(), Limits::default(), stop.clone()).await;
        Self { db, known, app, address, _stop: stop.drop_guard() }
    }

    /// A person of `docs/example-project.yaml`, signed in.
    ///
    /// # Panics
    /// When the person cannot sign in.
    pub async fn person(&self, login: &str) -> Person {
        let wire = Http::to(&format!("http://{}", self.address), Duration::from_secs(60));
        let session = Session::sign_in(wire, login, PASSWORD, "a test").await;
        Person { session: session.unwrap_or_else(|error| panic!("{login} cannot sign in: {error:?}")) }
    }

    /// The server's address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A signed-in person of the data.
pub struct Person {
    session: Session<Http>,
}

impl Person {
    /// Sends a document that must succeed; returns `data`.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        let answer = self.session.ask(document, variables).await;
        answer.unwrap_or_else(|error| panic!("{document}\n{error:?}"))
    }

    /// Pushes an operation from a device; returns its result.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn push(&self, device: &Value, operation: &Value) -> Value {
        let document = "mutation($input: SyncPushInput!) { syncPush(input: $input) { results {
            outcome objectId userErrors { code } pendingEdit { id } } } }";
        let input = json!({ "deviceId": device, "deviceName": "a tablet", "operations": [operation] });
        self.ask(document, json!({ "input": input })).await["syncPush"]["results"][0].clone()
    }
}

/// Runs one test body on a release's data in a separate database.
pub async fn run<F>(backend: Backend, release: &str, body: impl FnOnce(Release) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let name = match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data").join(release);
    let known = std::fs::read(folder.join(format!("{name}.json"))).expect("what is known of the data");
    let known = serde_json::from_slice(&known).expect("JSON");
    let statements = async {
        let packed = std::fs::read(folder.join(format!("{name}.sql.zst"))).expect("the data");
        let mut statements = String::new();
        ZstdDecoder::new(packed.as_slice()).read_to_string(&mut statements).await.expect("statements");
        statements
    };
    let opened = |db| async move { body(Release::open(db, known).await).await };
    database::run_filled(backend, release, statements, opened).await;
}
