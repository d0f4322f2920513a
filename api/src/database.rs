//! Opening the database: migrations first, then the connections that serve requests.

use migration::{ApplyError, Migrator};
use store::db::{Db, DbSettings, OpenError, connect_for_maintenance};

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It could not be reached.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be brought to this program's version.
    #[error(transparent)]
    Migrate(#[from] ApplyError),
}

/// Brings the database to this program's version and connects. Refuses one that a newer program
/// has written.
pub async fn open(settings: &DbSettings) -> Result<Db, DatabaseError> {
    migration::apply::<Migrator>(connect_for_maintenance(settings).await?).await?;
    Ok(Db::connect(settings).await?)
}
