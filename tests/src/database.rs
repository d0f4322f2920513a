//! A fresh, migrated database for each test, on SQLite and on PostgreSQL.
//!
//! Tests on PostgreSQL need `TEST_POSTGRES_URL` (`.ci/postgres start` prints one), a URL with the right to create
//! databases. Without it they pass and print that they were skipped; with `REQUIRE_POSTGRES=1` they fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use store::db::{Backend, Db, DbSettings};
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinError;

use crate::dice::number;

/// The time limit of a test; a longer one counts as hung. Long forms set another limit by `TEST_LIMIT_SECONDS`.
fn limit() -> Duration {
    Duration::from_secs(number("TEST_LIMIT_SECONDS", 900) as u64)
}

/// Makes of one test body, `async fn name(db: TestDb)`, the tests `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: $crate::database::TestDb) $body

            #[test]
            fn sqlite() {
                $crate::runtime::block_on($crate::database::run(store::db::Backend::Sqlite, body));
            }

            #[test]
            fn postgres() {
                $crate::runtime::block_on($crate::database::run(store::db::Backend::Postgres, body));
            }
        }
    )+};
}

/// A separate migrated database for a test. Clones are the same database; it is removed after the test.
#[derive(Clone)]
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// The settings to open it again.
    pub settings: DbSettings,
}

/// A test's database as it was when it was backed up.
pub enum Backup {
    /// The file; its copy is in the same folder.
    Sqlite(PathBuf),
    /// The URL, and the name of the copy.
    Postgres(String, String),
}

impl TestDb {
    /// Copies the database. The program must be stopped, or killed.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub async fn back_up(&self) -> Backup {
        let url = &self.settings.url;
        if let Some(file) = url.strip_prefix("sqlite:") {
            let file = PathBuf::from(file);
            copy_sqlite(&file, &beside(&file, "-backup"));
            return Backup::Sqlite(file);
        }
        let name = self.postgres_name();
        let copy = format!("{name}_backup");
        let mut admin = connect(&at_database(url, "postgres")).await;
        let ended = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        execute(&mut admin, &ended).await;
        execute(&mut admin, &format!("CREATE DATABASE {copy} TEMPLATE {name}")).await;
        Backup::Postgres(url.clone(), copy)
    }

    fn postgres_name(&self) -> String {
        let options = self.settings.url.parse::<PgConnectOptions>().expect("an address of PostgreSQL");
        options.get_database().expect("a database").to_owned()
    }
}

impl Backup {
    /// Restores the copy over the lost database. The program must be stopped, or killed.
    ///
    /// # Panics
    /// When that fails.
    pub async fn restore(self) {
        match self {
            Self::Sqlite(file) => copy_sqlite(&beside(&file, "-backup"), &file),
            Self::Postgres(url, copy) => {
                let name = copy.trim_end_matches("_backup");
                let mut admin = connect(&at_database(&url, "postgres")).await;
                execute(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                execute(&mut admin, &format!("ALTER DATABASE {copy} RENAME TO {name}")).await;
            }
        }
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Copies the file with its journal, because a killed program leaves acknowledged data in both.
fn copy_sqlite(from: &Path, to: &Path) {
    for ending in ["", "-wal"] {
        let (from, to) = (beside(from, ending), beside(to, ending));
        if from.exists() {
            std::fs::copy(from, to).expect("a copy of the database");
        } else if to.exists() {
            std::fs::remove_file(to).expect("a journal goes");
        }
    }
    let shared = beside(to, "-shm");
    if shared.exists() {
        std::fs::remove_file(shared).expect("an index of a journal goes");
    }
}

impl std::ops::Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Runs one test body on a separate database, and removes the database, also after a panic.
pub async fn run<F>(backend: Backend, body: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    match backend {
        Backend::Sqlite => run_sqlite(body).await,
        Backend::Postgres => match postgres_url() {
            Some(url) => run_postgres(&url, body).await,
            None => println!("skipped: TEST_POSTGRES_URL is not set"),
        },
    }
}

/// The server for PostgreSQL's tests, if there is one.
///
/// # Panics
/// When there is none and `REQUIRE_POSTGRES=1` requires it.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let required = std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
    assert!(url.is_some() || !required, "REQUIRE_POSTGRES=1, but TEST_POSTGRES_URL is not set");
    url
}

async fn run_sqlite<F>(body: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();
    run_sqlite_copy(MIGRATED.get_or_init(migrated_sqlite_file).await, body).await;
}

async fn run_sqlite_copy<F>(content: &[u8], body: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("test.db");
    std::fs::write(&file, content).expect("the test's database file");
    let outcome = run_body(sqlite_settings(&file), body).await;
    finish(outcome);
}

async fn migrated_sqlite_file() -> Vec<u8> {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("template.db");
    migrate(&sqlite_settings(&file)).await;
    std::fs::read(&file).expect("the migrated file")
}

fn sqlite_settings(file: &Path) -> DbSettings {
    DbSettings::new(format!("sqlite:{}", file.display()))
}

/// Runs one test body on a copy of a database that was filled by a release's statements and then migrated by the
/// present program. The original is made once.
pub(crate) async fn run_filled<F>(
    backend: Backend,
    release: &str,
    statements: impl Future<Output = String>,
    body: impl FnOnce(TestDb) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    match (backend, postgres_url()) {
        (Backend::Sqlite, _) => {
            static FILLED: Templates<Vec<u8>> = Mutex::const_new(BTreeMap::new());
            let content = made_once(&FILLED, release, async || filled_sqlite_file(statements.await).await).await;
            run_sqlite_copy(&content, body).await;
        }
        (Backend::Postgres, Some(url)) => {
            static FILLED: Templates<String> = Mutex::const_new(BTreeMap::new());
            let template =
                made_once(&FILLED, release, async || filled_postgres(&url, release, statements.await).await).await;
            run_postgres_copy(&url, &template, body).await;
        }
        (Backend::Postgres, None) => println!("skipped: TEST_POSTGRES_URL is not set"),
    }
}

/// The original database of each release.
type Templates<T> = Mutex<BTreeMap<String, Arc<T>>>;

async fn made_once<T>(templates: &Templates<T>, release: &str, make: impl AsyncFnOnce() -> T) -> Arc<T> {
    let mut templates = templates.lock().await;
    if let Some(made) = templates.get(release) {
        return made.clone();
    }
    let made = Arc::new(make().await);
    templates.insert(release.to_owned(), made.clone());
    made
}

async fn filled_sqlite_file(statements: String) -> Vec<u8> {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("filled.db");
    let settings = sqlite_settings(&file);
    let options = settings.url.parse::<SqliteConnectOptions>().expect("an address of SQLite");
    let options = options.create_if_missing(true).disable_statement_logging();
    let mut filled = SqliteConnection::connect_with(&options).await.expect("the test's database opens");
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut filled).await.expect("the statements are run");
    filled.close().await.expect("the connection closes");
    migrate(&settings).await;
    std::fs::read(&file).expect("the filled file")
}

async fn filled_postgres(url: &str, release: &str, statements: String) -> String {
    let mut admin = connect(url).await;
    let name = database_name(std::process::id(), release);
    execute(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let settings = postgres_settings(url, &name);
    let mut filled = connect(&settings.url).await;
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut filled).await.expect("the statements are run");
    filled.close().await.expect("the connection closes");
    migrate(&settings).await;
    name
}

async fn run_postgres<F>(url: &str, body: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| postgres_template(url)).await;
    run_postgres_copy(url, template, body).await;
}

async fn run_postgres_copy<F>(url: &str, template: &str, body: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let name = new_name();
    let mut admin = connect(url).await;
    execute(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let outcome = run_body(postgres_settings(url, &name), body).await;
    execute(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    finish(outcome);
}

/// The migrated database from which the tests of this process are copied. It remains after the process; the next one
/// removes it.
async fn postgres_template(url: &str) -> String {
    let mut admin = connect(url).await;
    sweep(&mut admin).await;
    let name = database_name(std::process::id(), "template");
    execute(&mut admin, &format!("CREATE DATABASE {name}")).await;
    migrate(&postgres_settings(url, &name)).await;
    name
}

/// A unique name for a test's database.
fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    database_name(std::process::id(), &NEXT.fetch_add(1, Ordering::Relaxed).to_string())
}

fn database_name(process: u32, rest: &str) -> String {
    format!("handover_test_{process}_{rest}")
}

/// Drops the databases of finished processes, and of those that had this process's number before.
async fn sweep(admin: &mut PgConnection) {
    let found = "SELECT datname FROM pg_database WHERE datname LIKE 'handover\\_test\\_%'";
    let names: Vec<String> = sqlx::query_scalar(found).fetch_all(&mut *admin).await.expect("the databases' names");
    for name in names {
        let process = name.split('_').nth(2).and_then(|number| number.parse::<u32>().ok());
        let alive = process.is_none_or(|id| id != std::process::id() && Path::new(&format!("/proc/{id}")).exists());
        if !alive && Path::new("/proc/self").exists() {
            // Another process may be dropping the same one.
            let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            if let Err(error) = sqlx::query(drop).execute(&mut *admin).await {
                println!("{name} was not swept: {error}");
            }
        }
    }
}

fn postgres_settings(url: &str, database: &str) -> DbSettings {
    DbSettings::new(at_database(url, database))
}

/// The URL of another database of the same server.
#[must_use]
pub fn at_database(url: &str, database: &str) -> String {
    let (server, parameters) = match url.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (url, String::new()),
    };
    let server = match server.match_indices('/').nth(2) {
        Some((end, _)) => &server[..end],
        None => server,
    };
    format!("{server}/{database}{parameters}")
}

async fn connect(url: &str) -> PgConnection {
    let options = url.parse::<PgConnectOptions>().expect("TEST_POSTGRES_URL is an address");
    PgConnection::connect_with(&options.disable_statement_logging()).await.expect("TEST_POSTGRES_URL answers")
}

async fn execute(admin: &mut PgConnection, sql: &str) {
    let result = sqlx::query(AssertSqlSafe(sql)).execute(admin).await;
    result.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn migrate(settings: &DbSettings) {
    let db = api::database::open(settings).await.expect("the database opens");
    db.close().await.expect("the database closes");
}

/// Runs the body in a task, so that the cleanup runs after a panic and after a timeout.
async fn run_body<F>(settings: DbSettings, body: impl FnOnce(TestDb) -> F) -> Result<(), JoinError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let db = Db::connect(&settings).await.expect("the test's database opens");
    let body = tokio::time::timeout(limit(), body(TestDb { db, settings }));
    tokio::spawn(async move { body.await.expect("the test ends in time") }).await
}

fn finish(outcome: Result<(), JoinError>) {
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}
