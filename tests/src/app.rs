//! The real server on a separate database and object store for each test, with two imported projects.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::application;
use app::{App, Clock};
use axum::Router;
use blob_store::{ObjectStore, ObjectStoreSettings, RequestTimeouts};
use domain::Timestamp;
use embedded_s3::{RunningStore, StoreClock};
use message_channels::Channels;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::jobs;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::limits::Limits;
use transport::{Settings, serve};

use crate::database::TestDb;
use crate::fault_proxy::{Fault, FaultProxy};
use crate::fixture::{self, FixtureProject};
use crate::stores::{garage_bucket, start_embedded};
use crate::user::User;

/// The start of tests: Monday, 2 March 2026, 08:00 in Shanghai.
pub const START: &str = "2026-03-02T00:00:00.000Z";

/// The real server. It ends with the test.
pub struct TestApp {
    /// The server's services: its clock can be advanced, and its database read.
    pub app: App,
    /// The project under test.
    pub project: FixtureProject,
    /// Another project with its own people, for attacks.
    pub other: FixtureProject,
    people: BTreeMap<String, uuid::Uuid>,
    address: SocketAddr,
    client: reqwest::Client,
    _stop: DropGuard,
    store: Mutex<Option<Store>>,
    /// The number of seconds by which the embedded store's clock is behind the server's.
    store_lag: Arc<AtomicI64>,
    /// Where the embedded store keeps its objects.
    pub folder: TempDir,
    /// Where messages end, unless the test has channels of its own.
    messages: TempDir,
}

/// The object store behind the server: the embedded one, or a bucket in Garage behind a proxy, for that is everybody's.
enum Store {
    Embedded(RunningStore),
    Garage(FaultProxy),
}

/// Tests of an unresponsive store use shorter timeouts than the product.
const SHORT: RequestTimeouts = RequestTimeouts { attempt: Duration::from_millis(500), total: Duration::from_secs(2) };

impl TestApp {
    /// Starts the server on a database and imports the two projects.
    ///
    /// # Panics
    /// When a step fails.
    pub async fn start(db: &TestDb) -> Self {
        Self::start_with(db, Limits::default()).await
    }

    /// Starts the server with other limits of documents.
    ///
    /// # Panics
    /// When a step fails.
    pub async fn start_with(db: &TestDb, limits: Limits) -> Self {
        let stored = Stored::new().await;
        let objects = ObjectStore::new(&stored.settings).expect("a client of the object store");
        Self::on_store(db, limits, objects, stored).await
    }

    /// Starts the server with a proxy in front of its object store, and with short timeouts for it.
    ///
    /// # Panics
    /// When a step fails.
    pub async fn start_behind_faults(db: &TestDb) -> (Self, FaultProxy) {
        let stored = Stored::new().await;
        let upstream = stored.settings.endpoint.trim_start_matches("http://");
        let proxy = FaultProxy::before(upstream).await;
        let endpoint = format!("http://{}", proxy.address());
        let settings = ObjectStoreSettings { endpoint, ..stored.settings.clone() };
        let objects = ObjectStore::with_timeouts(&settings, SHORT).expect("a client of the object store");
        (Self::on_store(db, Limits::default(), objects, stored).await, proxy)
    }

    /// Starts the server with channels of the test's own.
    ///
    /// # Panics
    /// When anything of it fails.
    pub async fn start_with_channels(db: &TestDb, channels: Channels) -> Self {
        let stored = Stored::new().await;
        let objects = ObjectStore::new(&stored.settings).expect("a client of the object store");
        Self::with_channels(db, Limits::default(), objects, stored, Some(channels)).await
    }

    async fn on_store(db: &TestDb, limits: Limits, objects: ObjectStore, stored: Stored) -> Self {
        Self::with_channels(db, limits, objects, stored, None).await
    }

    async fn with_channels(
        db: &TestDb,
        limits: Limits,
        objects: ObjectStore,
        stored: Stored,
        channels: Option<Channels>,
    ) -> Self {
        let Stored { store, clock, lag: store_lag, folder, .. } = stored;
        let messages = tempfile::tempdir().expect("a folder");
        let channels = Arc::new(channels.unwrap_or_else(|| Channels::folder(messages.path())));
        let app = App { clock, channels, ..App::new(db.db.clone(), Arc::new(objects)) };
        let (project, other, people) = fixture::set_up(&app).await;
        let stop = CancellationToken::new();
        let pages = api::receipts::router(app.clone()).merge(api::unsubscribe::router(app.clone()));
        let address = listen(app.clone(), pages, limits, stop.clone()).await;
        // A test that hangs must end red, not stand still.
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("a client");
        let _stop = stop.drop_guard();
        let store = Mutex::new(Some(store));
        Self { app, project, other, people, address, client, _stop, store, store_lag, folder, messages }
    }

    /// A person of the fixture by login, signed in at the first request.
    ///
    /// # Panics
    /// When there is no such person.
    pub async fn user(&self, login: &str) -> User<'_> {
        let id = self.person_id(login);
        User::person(self, login, id)
    }

    /// A person of a test's own import, with the shared password; signed in now.
    ///
    /// # Panics
    /// When there is no such person.
    pub async fn newcomer(&self, login: &str) -> User<'_> {
        User::newcomer(self, login).await
    }

    /// A client without a token.
    #[must_use]
    pub fn nobody(&self) -> User<'_> {
        User::nobody(self)
    }

    /// A person's id by login.
    ///
    /// # Panics
    /// When there is no such person.
    #[must_use]
    pub fn person_id(&self, login: &str) -> uuid::Uuid {
        *self.people.get(login).unwrap_or_else(|| panic!("there is no person with the login {login:?}"))
    }

    /// Advances the clock.
    pub fn advance_seconds(&self, seconds: i64) {
        self.app.clock.advance_seconds(seconds);
    }

    /// Advances the clock until everything in the store is at least this many seconds old.
    ///
    /// Garage dates objects by the machine's clock, so the server's clock is first set to the date of the newest
    /// object. The age is then the required one, but the date is not that of the start of the test.
    ///
    /// # Panics
    /// When the store does not answer.
    pub async fn let_objects_age(&self, seconds: i64) {
        let newest = self.newest_object().await;
        let behind = newest - self.app.clock.now().0.div_euclid(1_000_000);
        self.advance_seconds(seconds + behind.max(0));
    }

    /// Advances the clock of the server, but not that of the store: objects, including those written from now on, are
    /// at least this many seconds old to the server.
    ///
    /// # Panics
    /// When the store does not answer.
    pub async fn let_store_fall_behind(&self, seconds: i64) {
        self.store_lag.fetch_add(seconds, Ordering::SeqCst);
        self.let_objects_age(seconds).await;
    }

    /// The time of the newest object, or of the newest unfinished upload, in seconds since 1970.
    async fn newest_object(&self) -> i64 {
        let (mut newest, mut from) = (0, None);
        loop {
            let page = self.app.objects.list("", from.as_deref(), 1_000).await.expect("the objects");
            newest = page.objects.iter().map(|object| object.written_at).fold(newest, i64::max);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let unfinished = self.app.objects.unfinished_parts("", None, 1_000).await.expect("the unfinished uploads");
        unfinished.uploads.iter().map(|upload| upload.begun_at).fold(newest, i64::max)
    }

    /// Runs the due jobs, such as the renditions of received photos; returns their number.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn run_jobs(&self) -> usize {
        app::jobs::run_due(&self.app).await.expect("the jobs are run")
    }

    /// Sends the messages that are due, and answers all that have ended in the folder, in the order of their ids.
    ///
    /// # Panics
    /// When the database fails, or the test has channels of its own.
    pub async fn sent_messages(&self) -> Vec<Value> {
        app::messages::send_due(&self.app).await.expect("the messages are sent");
        let entries = std::fs::read_dir(self.messages.path()).expect("the folder of messages");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let texts = paths.iter().map(|path| std::fs::read_to_string(path).expect("a message"));
        texts.map(|text| serde_json::from_str(&text).expect("JSON")).collect()
    }

    /// The jobs in the order they came, without those that make WebP of what is ready, for these wait ten minutes; once
    /// one was begun it is told of like the others.
    ///
    /// # Panics
    /// When they cannot be read.
    pub async fn jobs(&self) -> Vec<jobs::Model> {
        let begun = Condition::any().add(jobs::Column::Kind.ne("PHOTO_WEBP")).add(jobs::Column::Attempts.gt(0));
        let prompt = jobs::Entity::find().filter(begun);
        prompt.order_by_asc(jobs::Column::Id).all(self.app.db.read()).await.expect("the jobs")
    }

    /// Stops the object store, so that it is unreachable from now on.
    ///
    /// # Panics
    /// When it was stopped before.
    pub async fn stop_object_store(&self) {
        let store = self.store.lock().expect("not poisoned").take().expect("an object store");
        match store {
            Store::Embedded(store) => store.shutdown().await,
            Store::Garage(proxy) => proxy.set(Fault::Down),
        }
    }

    /// Opens a unit to its owners without a command, for tests of what owners see.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn open_to_owner(&self, unit_id: uuid::Uuid) {
        fixture::open_to_owner(&self.app, unit_id).await;
    }

    /// The URL of a path of this server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The HTTP client, for requests that are not GraphQL.
    #[must_use]
    pub const fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends a document with any token, or none, and returns the whole response.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn ask(&self, token: Option<&str>, document: &str, variables: Value) -> Value {
        self.post(token, &json!({ "query": document, "variables": variables })).await
    }

    /// The same with any body.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn ask_body(&self, token: Option<&str>, body: &Value) -> Value {
        self.post(token, body).await
    }

    pub(crate) async fn post(&self, token: Option<&str>, body: &Value) -> Value {
        let accept = "application/graphql-response+json";
        let mut request = self.client.post(self.url("/graphql")).header("accept", accept).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a whole body");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}, no JSON: {text}"))
    }
}

/// A running object store and the clock that it shares with the server.
struct Stored {
    store: Store,
    settings: ObjectStoreSettings,
    clock: Clock,
    lag: Arc<AtomicI64>,
    folder: TempDir,
}

impl Stored {
    /// The object store that `.ci/garage` runs, or an embedded one.
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::fixed(Timestamp::from_rfc3339(START).expect("a moment"));
        let lag = Arc::new(AtomicI64::new(0));
        let (store, settings) = if let Some(settings) = garage_bucket().await {
            let proxy = FaultProxy::before(settings.endpoint.trim_start_matches("http://")).await;
            let endpoint = format!("http://{}", proxy.address());
            (Store::Garage(proxy), ObjectStoreSettings { endpoint, ..settings })
        } else {
            let (store, settings) = start_embedded(&folder, store_clock(&clock, &lag)).await;
            (Store::Embedded(store), settings)
        };
        Self { store, settings, clock, lag, folder }
    }
}

/// The server's clock as the embedded store's, this many seconds behind.
fn store_clock(clock: &Clock, lag: &Arc<AtomicI64>) -> StoreClock {
    let (clock, lag) = (clock.clone(), Arc::clone(lag));
    StoreClock::new(move || {
        let lag = lag.load(Ordering::SeqCst) * 1_000;
        u64::try_from(clock.now().0 / 1_000 - lag).unwrap_or_default()
    })
}

/// A separate embedded object store for a test, on the test's clock, and its client.
///
/// # Panics
/// When it does not start.
pub async fn object_store(folder: &TempDir, clock: &Clock) -> (RunningStore, ObjectStore) {
    let (running, settings) = start_embedded(folder, store_clock(clock, &Arc::default())).await;
    (running, ObjectStore::new(&settings).expect("a client of the object store"))
}

/// Starts the real server on these services, together with `pages`, until it is stopped; returns its address.
///
/// # Panics
/// When it does not start.
pub async fn listen(app: App, pages: Router, limits: Limits, stop: CancellationToken) -> SocketAddr {
    // The settings are those of production, except the rate, because a test sends requests faster than a person, and
    // except that `/readyz` reports the present state without caching.
    let settings = Settings { limits, rate: None, ready_age: Duration::ZERO, ..Settings::default() };
    let transport = application::transport(app, settings, pages).expect("the schema can be read");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, transport, stop));
    address
}
