//! Hints between the server processes on one PostgreSQL: LISTEN and NOTIFY.
//!
//! A hint may be lost with its connection, and nobody is told: whoever listens must look for itself, too. Hints have
//! connections of their own, so that neither a busy pool nor a count of statements has to do with them.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::Db;

/// One connection listens, one tells.
const CONNECTIONS: u32 = 2;
/// A connection that tells nothing for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
/// How long a free connection is waited for.
const ACQUIRE: Duration = Duration::from_secs(10);

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A hint.
    Hint(String),
    /// The connection was lost and is there again: hints may have been missed.
    Again,
}

/// Hears the hints of a channel.
pub struct Listener(PgListener);

/// No connection is made before the first hint.
pub(super) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(IDLE)
        .connect_lazy_with(options.application_name("handover hints"))
}

impl Db {
    /// Listens on a channel; `None` on SQLite, where nobody else can be heard.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn listen(&self, channel: &str) -> Result<Option<Listener>, DbErr> {
        let Some(pool) = &self.hints else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await.map_err(error)?;
        listener.listen(channel).await.map_err(error)?;
        Ok(Some(Listener(listener)))
    }

    /// Gives hints to all who listen on a channel, in one statement; to nobody on SQLite.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hint(&self, channel: &str, hints: Vec<String>) -> Result<(), DbErr> {
        let Some(pool) = &self.hints else { return Ok(()) };
        let sql = "SELECT pg_notify($1, hint) FROM unnest($2::text[]) AS hint";
        sqlx::query(sql).bind(channel).bind(hints).execute(pool).await.map(drop).map_err(error)
    }
}

impl Listener {
    /// Waits for the next hint. After an error listen anew.
    ///
    /// # Errors
    /// When the connection is lost and there is no new one.
    pub async fn next(&mut self) -> Result<Heard, DbErr> {
        let heard = self.0.try_recv().await.map_err(error)?;
        Ok(heard.map_or(Heard::Again, |hint| Heard::Hint(hint.payload().to_owned())))
    }
}

fn error(source: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(source.into()))
}
