//! After a backup was restored: every tablet is told so.

use crate::App;
use crate::error::Result;
use store::boxed;

/// Gives every project a new epoch, so that each tablet begins anew and offers again what it was told was done; returns
/// how many projects.
///
/// Most tablets would notice without it, by their cursors. One whose last push was acknowledged after the backup, and
/// which has pulled nothing since, holds a cursor that is good in both lives: it would never know what was lost.
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
