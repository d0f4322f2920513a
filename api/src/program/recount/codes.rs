//! Codes that read the same.

use app::recount::codes::twins;

use super::super::error::StartError;
use super::super::start::World;

pub(super) async fn list(world: &World) -> Result<(), StartError> {
    let twins = twins(&world.app).await?;
    println!("codes that read the same: {}", twins.len());
    for line in twins {
        println!("  {line}");
    }
    Ok(())
}
