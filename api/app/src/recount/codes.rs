//! Codes that read the same: an earlier version took them, and no new code may.

use domain::id::ProjectId;
use std::collections::HashMap;
use store::boxed;

use crate::App;
use crate::error::Result;

/// A line for each group of codes of a project that read the same.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_lookalikes(app: &App) -> Result<Vec<String>> {
    let projects = store::projects::all(app.db.read()).await?;
    let projects: HashMap<ProjectId, String> = projects.into_iter().map(|project| (project.id, project.code)).collect();
    let lookalikes = store::keys::find_lookalikes(&app.db).await?.into_iter();
    let lines = lookalikes.map(|lookalikes| {
        let project = projects.get(&lookalikes.project_id).map_or("", String::as_str);
        format!("{project}: {} of {} read the same; all stay", lookalikes.codes.join(" and "), lookalikes.list)
    });
    Ok(lines.collect())
}
