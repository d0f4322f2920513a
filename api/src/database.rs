//! Opening the database: migrations first, then the connections of requests.

use migration::{ApplyError, Migrator};
use store::db::{Db, DbSettings, OpenError, connect_for_maintenance};

/// The reasons why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It could not be reached.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The comparison keys of its rows could not be filled.
    #[error("the keys of rows could not be filled: {0}")]
    Keys(#[from] store::Error),
    /// It could not be migrated to this program's version.
    #[error(transparent)]
    Migrate(#[from] ApplyError),
    /// Deleted data may still be readable in its file.
    #[error("the rows were removed, but the file could not be rewritten without them: {0}")]
    Purge(store::Error),
}

/// Makes sure that deleted rows cannot be read from the file of the database.
pub(crate) async fn purge(settings: &DbSettings) -> Result<(), DatabaseError> {
    let connection = connect_for_maintenance(settings).await?;
    let purged = store::db::purge_deleted(&connection).await;
    let closed = connection.close().await;
    purged.and(closed).map_err(DatabaseError::Purge)
}

/// Migrates the database to this program's version and connects. Refuses a database that a newer program has written.
pub async fn open(settings: &DbSettings) -> Result<Db, DatabaseError> {
    migration::apply::<Migrator>(connect_for_maintenance(settings).await?).await?;
    let db = Db::connect(settings).await?;
    let filled = store::keys::fill(&db).await?;
    if filled.units + filled.defects > 0 {
        tracing::info!(units = filled.units, defects = filled.defects, "rows of an earlier version got their keys");
    }
    for store::keys::Lookalikes { project_id, list, codes } in filled.lookalikes {
        tracing::warn!(project = %project_id, %list, ?codes, "codes read the same; all stay");
    }
    Ok(db)
}
