//! After a backup was restored: all tablets learn of it.

use crate::App;
use crate::error::Result;
use store::boxed;

/// Gives every project a new epoch, so that each tablet pulls from the beginning and sends its acknowledged operations
/// again; returns the number of projects.
///
/// Most tablets would notice without it, by their cursors. One whose last push was acknowledged after the backup, and
/// which has pulled nothing since, holds a cursor that is valid in the old and in the restored database: it would never
/// learn of the loss.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn restored(app: &App) -> Result<usize> {
    let tx = app.db.begin().await?;
    let projects = store::projects::all(&tx).await?;
    for project in &projects {
        store::projects::set_epoch(&tx, project.id, app.ids.next()).await?;
    }
    tx.commit().await?;
    Ok(projects.len())
}
