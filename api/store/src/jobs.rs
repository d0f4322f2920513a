//! Work to do after a commit, written in the transaction that causes it.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::Error;
use crate::entity::jobs::{Entity, Model};

/// Queues jobs.
///
/// # Errors
/// When the database fails.
pub async fn insert(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<(), Error> {
    for row in rows {
        Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    }
    Ok(())
}
