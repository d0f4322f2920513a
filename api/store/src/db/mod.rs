//! The database: one handle for SQLite and PostgreSQL, with readers that cannot write and write
//! transactions that survive a caller who goes away.
//!
//! Both databases look alike from above: [`Db::read`] answers queries, [`Db::begin`] and
//! [`Db::write`] change things, always in a transaction. Underneath, SQLite has one writing
//! connection (its writers would only refuse each other) and PostgreSQL a pool of them.

mod code;
mod connect;
mod connection;
mod interrupt;
mod notify;
mod read;
mod retry;
mod room;
mod settings;
mod statements;
mod write;

pub use code::{
    UniqueConstraint, is_storage_full, is_transient, is_unstorable_text, passes_by_itself, took_too_long,
    violated_unique,
};
pub use connect::{OpenError, connect_for_maintenance, guarded, purge_deleted};
pub use connection::Connection;
pub use notify::{Listener, Notification};
pub use retry::retry;
pub use settings::DbSettings;
pub use statements::{Recording, Statements};
pub use write::{RowLock, WriteTx};

use std::sync::Arc;

use connection::Kind;
use interrupt::Deadline;
use room::Room;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

/// Which of the two databases is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// One file in the data folder.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database in use. Cheap to clone: clones share connections and the count of statements.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    reader: Arc<Connection>,
    writer: DatabaseConnection,
    /// Of what SQLite's writer runs.
    deadline: Option<Deadline>,
    /// Of PostgreSQL alone.
    notify_pool: Option<sqlx::PgPool>,
    statements: Statements,
    room: Room,
}

impl Db {
    /// Connects. The tables must be there already: see the program's way to open a database,
    /// which migrates first.
    pub async fn connect(settings: &DbSettings) -> Result<Self, OpenError> {
        let statements = Statements::default();
        let connect::Pools { backend, reader, writer, deadline, notify_pool } =
            connect::connect(settings, &statements).await?;
        let reader = Arc::new(Connection(Kind::Reading(reader)));
        Ok(Self { backend, reader, writer, deadline, notify_pool, statements, room: Room::default() })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs queries, each on a connection of its own. A statement that writes is refused by the
    /// database.
    pub fn read(&self) -> &Connection {
        &self.reader
    }

    /// Begins a transaction that may write. Its changes are rolled back when it is dropped without [`WriteTx::commit`].
    pub async fn begin(&self) -> Result<WriteTx, DbErr> {
        WriteTx::begin(&self.writer, self.deadline.clone(), self.room.clone()).await
    }

    /// Runs `work` in one transaction: committed when it answers `Ok`, rolled back otherwise.
    pub async fn write<T, E>(&self, work: impl AsyncFnOnce(&WriteTx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbErr>,
    {
        let tx = self.begin().await?;
        match work(&tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one that tells; a failed rollback closes the connection.
                if let Err(rollback) = tx.rollback().await {
                    tracing::warn!(error = %rollback, "rollback failed");
                }
                Err(error)
            }
        }
    }

    /// The statements sent through this handle and its clones.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Whether the database answers, by really reading from it; after it was full, by really writing to it, too.
    pub async fn check(&self) -> Result<(), DbErr> {
        let probe = "SELECT version FROM seaql_migrations LIMIT 1";
        let statement = Statement::from_string(self.reader.get_database_backend(), probe);
        self.reader.query_one_raw(statement).await?;
        self.check_room().await
    }

    /// Closes all connections after their running statements.
    pub async fn close(&self) -> Result<(), DbErr> {
        if let Some(notify_pool) = &self.notify_pool {
            notify_pool.close().await;
        }
        if let Kind::Reading(reader) = &self.reader.0 {
            reader.close().await?;
        }
        self.writer.close_by_ref().await
    }
}
