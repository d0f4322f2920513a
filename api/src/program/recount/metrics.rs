//! Metrics counted from events alone, compared with those of the overview.

use app::recount::metrics::recount;

use super::super::error::StartError;
use super::super::output;
use super::super::start::Services;

/// Prints both; fails if they differ.
pub(super) async fn list(services: &Services) -> Result<(), StartError> {
    let projects = recount(&services.app).await?;
    for project in &projects {
        output::line(project)?;
    }
    match projects.iter().filter(|project| !project.differences().is_empty()).count() {
        0 => Ok(()),
        different => Err(StartError::Recount(different)),
    }
}
