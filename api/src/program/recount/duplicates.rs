//! Duplicates without a valid original.

use app::recount::duplicates::lost_duplicates;

use super::super::error::StartError;
use super::super::output;
use super::super::start::Services;

pub(super) async fn list(services: &Services) -> Result<(), StartError> {
    let lost = lost_duplicates(&services.app).await?;
    output::line(format_args!("duplicates of void defects: {}", lost.len()))?;
    for duplicate in lost {
        output::line(format_args!("  {duplicate}"))?;
    }
    Ok(())
}
