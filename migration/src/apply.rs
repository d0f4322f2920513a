//! Migrates a database to this program's version, and refuses a database of a newer program.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

/// The key of the PostgreSQL lock under which migrations run, because two programs may start at once.
const LOCK_KEY: i64 = 0x68616e646f766572;

/// Why the migrations were not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The database has migrations that this program does not know; the newest is named.
    #[error("this data folder was written by a newer version (migration {0}); use that version or a newer one")]
    Newer(String),
    /// The database refused.
    #[error("the database could not be migrated: {0}")]
    Database(#[from] DbErr),
}

/// Applies the pending migrations, each in a transaction. Changes nothing in a database of a newer program.
/// `connection` must be a pool of one connection, because the lock belongs to it; it is closed afterwards.
pub async fn apply<M: MigratorTrait>(connection: DatabaseConnection) -> Result<(), ApplyError> {
    let result = apply_locked::<M>(&connection).await;
    connection.close().await?;
    result
}

async fn apply_locked<M: MigratorTrait>(connection: &DatabaseConnection) -> Result<(), ApplyError> {
    if connection.get_database_backend() == DbBackend::Postgres {
        // Closing the connection releases the lock.
        connection.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK_KEY})")).await?;
    }
    let known = M::migrations();
    let applied = M::get_migration_models(connection).await?;
    let unknown = |name: &str| known.iter().all(|migration| migration.name() != name);
    if let Some(newest) = applied.into_iter().map(|row| row.version).filter(|name| unknown(name)).max() {
        return Err(ApplyError::Newer(newest));
    }
    if let Some(loose) = known.iter().find(|migration| migration.use_transaction() != Some(true)) {
        let name = loose.name();
        return Err(DbErr::Migration(format!("migration {name} does not ask for a transaction")).into());
    }
    Ok(M::up(connection, None).await?)
}
