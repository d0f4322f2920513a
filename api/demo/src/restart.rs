//! Completion of a seed by one write, and removal of an incomplete one.

use app::App;
use app::error::{Error, Result};
use domain::Timestamp;
use domain::id::ProjectId;
use domain::object_kind::ObjectKind;

use super::CODE;

/// How long ago people have looked into their inboxes: 2 days.
const LOOKED_SECONDS: i64 = 2 * 24 * 60 * 60;

/// Gives the project its code: from now on the demo is there.
pub(super) async fn finish(app: &App, project_id: ProjectId, now: Timestamp) -> Result<()> {
    let mut work = app.begin_by_server(project_id).await?;
    work.now = now;
    store::demo::read_inboxes(&work.tx, project_id, now.plus_seconds(-LOOKED_SECONDS)).await?;
    store::demo::name_project(&work.tx, project_id, CODE).await?;
    work.mark_changed(ObjectKind::Project, project_id, None);
    work.commit().await
}

/// Removes the demo's project, complete or not, with its objects, and the people who are in no other project.
pub(super) async fn clear(app: &App, project_id: ProjectId) -> Result<()> {
    let photos = app.db.write(async |tx| store::demo::clear(tx, project_id).await).await?;
    app.caller_cache.forget();
    clear_objects(app, &format!("projects/{project_id}/")).await?;
    app::photo::gc::remove_uploads(app, &photos).await.map_err(Error::internal)
}

async fn clear_objects(app: &App, prefix: &str) -> Result<()> {
    loop {
        let page = app.objects.list(prefix, None, 1_000).await.map_err(Error::internal)?;
        if page.objects.is_empty() {
            return Ok(());
        }
        for object in page.objects {
            app.objects.delete(&object.key).await.map_err(Error::internal)?;
        }
    }
}
