//! Duplicates for which no valid defect stands.

use app::recount::duplicates::lost_duplicates;

use super::super::error::StartError;
use super::super::output;
use super::super::start::World;

pub(super) async fn list(world: &World) -> Result<(), StartError> {
    let lost = lost_duplicates(&world.app).await?;
    output::line(format_args!("duplicates of void defects: {}", lost.len()))?;
    for duplicate in lost {
        output::line(format_args!("  {duplicate}"))?;
    }
    Ok(())
}
