//! Notifications between the server processes on one PostgreSQL: LISTEN and NOTIFY.
//!
//! A notification may be lost with its connection without an error, so a listener must poll, too. Notifications have
//! connections of their own, separate from the pools and from the count of statements.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::Db;

/// One connection listens, one notifies.
const CONNECTIONS: u32 = 2;
/// A connection that is idle for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
/// How long a free connection is waited for.
const ACQUIRE: Duration = Duration::from_secs(10);

/// What a listener receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// The payload of a notification.
    Payload(String),
    /// The connection was lost and made again: notifications may have been missed.
    Reconnected,
}

/// Receives the notifications of a channel.
pub struct Listener(PgListener);

/// No connection is made before the first notification.
pub(super) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(IDLE)
        .connect_lazy_with(options.application_name("handover notifications"))
}

impl Db {
    /// Listens on a channel; `None` on SQLite, which has no other process.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn listen(&self, channel: &str) -> Result<Option<Listener>, DbErr> {
        let Some(pool) = &self.notify_pool else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await.map_err(error)?;
        listener.listen(channel).await.map_err(error)?;
        Ok(Some(Listener(listener)))
    }

    /// Notifies the listeners of a channel, in one statement; does nothing on SQLite.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn notify(&self, channel: &str, payloads: Vec<String>) -> Result<(), DbErr> {
        let Some(pool) = &self.notify_pool else { return Ok(()) };
        let sql = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";
        sqlx::query(sql).bind(channel).bind(payloads).execute(pool).await.map(drop).map_err(error)
    }
}

impl Listener {
    /// Waits for the next notification. After an error listen again.
    ///
    /// # Errors
    /// When the connection is lost and there is no new one.
    pub async fn next(&mut self) -> Result<Notification, DbErr> {
        let received = self.0.try_recv().await.map_err(error)?;
        Ok(received.map_or(Notification::Reconnected, |message| Notification::Payload(message.payload().to_owned())))
    }
}

fn error(source: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(source.into()))
}
