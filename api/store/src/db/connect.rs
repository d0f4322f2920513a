//! The connections themselves: pools, their settings, and the guard against lost writes.

use std::path::Path;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::interrupt::Deadline;
use super::read::{Reader, Watched};
use super::settings::Target;
use super::{Backend, DbSettings, Statements};

/// How long a caller waits for a free connection: SQLite's one writer may be importing a project.
const SQLITE_ACQUIRE: Duration = Duration::from_secs(60);
/// The same for PostgreSQL, whose connections come and go quickly or not at all.
const POSTGRES_ACQUIRE: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was idle for longer is tried before it is handed out.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// PostgreSQL ends a transaction whose client says nothing for this long.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(60);

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The settings make no sense.
    #[error("{0}")]
    Settings(String),
    /// The database does not answer, or refuses us.
    #[error("cannot open the database {address}: {source}")]
    Connect {
        /// Where, without the password.
        address: String,
        /// What the driver says.
        source: sqlx::Error,
    },
}

/// What [`connect`] opens.
pub(super) struct Pools {
    pub(super) backend: Backend,
    pub(super) reader: Reader,
    pub(super) writer: DatabaseConnection,
    /// Of SQLite's writer, whose server does not break off statements.
    pub(super) deadline: Option<Deadline>,
    pub(super) notify_pool: Option<sqlx::PgPool>,
}

pub(super) async fn connect(settings: &DbSettings, statements: &Statements) -> Result<Pools, OpenError> {
    settings.check()?;
    let opened = match settings.target()? {
        Target::Sqlite(path) => connect_sqlite(&path, settings, statements).await,
        Target::Postgres(options) => connect_postgres(*options, settings, statements).await,
    };
    opened.map_err(|source| connect_error(settings, source))
}

/// One connection to apply migrations with: it may take as long as it needs.
pub async fn connect_for_maintenance(settings: &DbSettings) -> Result<DatabaseConnection, OpenError> {
    settings.check()?;
    let opened = match settings.target()? {
        Target::Sqlite(path) => {
            sqlite_writer(&path, sqlite_pool()).await.map(SqlxSqliteConnector::from_sqlx_sqlite_pool)
        }
        Target::Postgres(options) => maintenance_postgres(*options).await,
    };
    opened.map_err(|source| connect_error(settings, source))
}

/// Rewrites the file of SQLite without its free pages, so that nothing of deleted rows can be read from it any more.
/// Wants a connection of [`connect_for_maintenance`], which may take as long as it needs. PostgreSQL keeps no such
/// file.
///
/// # Errors
/// When the database fails, for example on a full disk: the file is copied meanwhile.
pub async fn purge_deleted(connection: &DatabaseConnection) -> Result<(), DbErr> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        connection.execute_unprepared("VACUUM").await?;
        // The log beside the file has pages of before, too.
        connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    }
    Ok(())
}

async fn maintenance_postgres(options: PgConnectOptions) -> Result<DatabaseConnection, sqlx::Error> {
    let options = options.disable_statement_logging();
    // A pool tries again for a while and then only says that it timed out; this one says why.
    sqlx::PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

fn connect_error(settings: &DbSettings, source: sqlx::Error) -> OpenError {
    OpenError::Connect { address: settings.address(), source }
}

async fn connect_sqlite(path: &Path, settings: &DbSettings, statements: &Statements) -> Result<Pools, sqlx::Error> {
    let deadline = Deadline::new(settings.statement_timeout);
    let writer = sqlite_writer(path, watched_pool(&deadline)).await?;
    let mut writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
    statements.watch(&mut writer);
    let options = sqlite_options(path).pragma("query_only", "ON");
    let mut readers = Vec::new();
    for number in 0..settings.readers {
        let deadline = Deadline::new(settings.statement_timeout);
        let pool = watched_pool(&deadline);
        // The first one shows whether it can be done.
        let pool = if number == 0 {
            pool.connect_with(options.clone()).await?
        } else {
            pool.connect_lazy_with(options.clone())
        };
        let mut reader = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        statements.watch(&mut reader);
        readers.push((reader, deadline));
    }
    Ok(Pools {
        backend: Backend::Sqlite,
        reader: Reader::watched(Watched::new(readers, SQLITE_ACQUIRE)),
        writer,
        deadline: Some(deadline),
        notify_pool: None,
    })
}

/// A pool of one connection, on which SQLite asks whether the deadline has come.
fn watched_pool(deadline: &Deadline) -> SqlitePoolOptions {
    let (on_connection, on_use) = (deadline.clone(), deadline.clone());
    sqlite_pool()
        .after_connect(move |connection, _| {
            let deadline = on_connection.clone();
            Box::pin(async move {
                deadline.begin();
                deadline.watch(connection).await
            })
        })
        // What ran before has ended: a connection comes back when it answers again.
        .before_acquire(move |_, _| {
            on_use.begin();
            Box::pin(async { Ok(true) })
        })
}

/// One connection only: with several, transactions refuse each other as busy under load, while
/// waiting for the one costs nothing.
async fn sqlite_writer(path: &Path, pool: SqlitePoolOptions) -> Result<sqlx::SqlitePool, sqlx::Error> {
    let options = sqlite_options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged commit is on the disk.
        .synchronous(SqliteSynchronous::Full)
        .analysis_limit(400)
        .optimize_on_close(true, None);
    pool.connect_with(options).await
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

fn sqlite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(SQLITE_ACQUIRE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

async fn connect_postgres(
    options: PgConnectOptions,
    settings: &DbSettings,
    statements: &Statements,
) -> Result<Pools, sqlx::Error> {
    let millis = |time: Duration| time.as_millis().to_string();
    let options = options
        .application_name("handover")
        .options([
            ("statement_timeout", millis(settings.statement_timeout)),
            ("idle_in_transaction_session_timeout", millis(IDLE_IN_TRANSACTION)),
            // PostgreSQL compiles a statement to machine code by its estimated cost, which counts each subquery for
            // each row. A page of changes took seconds to compile, and takes 50 ms without.
            ("jit", "off".to_owned()),
        ])
        .disable_statement_logging();
    let writer = guarded(postgres_pool(settings.writers)).connect_with(options.clone()).await?;
    let notify_pool = super::notify::pool(options.clone());
    // Nothing begins a transaction on a reader, so it needs no guard, which would cost each query
    // a statement more; and were it left in one, there would be no write to lose.
    let reader = postgres_pool(settings.readers)
        .connect_with(options.options([("default_transaction_read_only", "on")]))
        .await?;
    let mut reader = SqlxPostgresConnector::from_sqlx_postgres_pool(reader);
    let mut writer = SqlxPostgresConnector::from_sqlx_postgres_pool(writer);
    statements.watch(&mut reader);
    statements.watch(&mut writer);
    Ok(Pools {
        backend: Backend::Postgres,
        reader: Reader::new(reader),
        writer,
        deadline: None,
        notify_pool: Some(notify_pool),
    })
}

fn postgres_pool(size: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(POSTGRES_ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, idle| {
            Box::pin(async move { Ok(idle.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok()) })
        })
}

/// The guard against lost writes. sqlx 0.9.0 forgets a `BEGIN` whose future was dropped: later
/// writes on that connection would be acknowledged and never committed. So a connection that comes
/// back while the server holds a transaction open for it is closed. Within a transaction `now()`
/// stands still at its beginning.
pub fn guarded(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            // Unprepared: a prepared statement begins with one message and runs with the next,
            // which have different times also outside a transaction, and no connection would stay.
            let row = connection.fetch_one(sqlx::raw_sql("SELECT now() = statement_timestamp()")).await?;
            row.try_get(0)
        })
    })
}
