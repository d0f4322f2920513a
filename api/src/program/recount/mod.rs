//! `handover recount`: checks what is stored against the rules, and lists what a person is to mend. Changes nothing.

mod codes;
mod duplicates;
mod metrics;

use super::error::StartError;
use super::settings::Settings;
use super::start::World;

pub(super) async fn run(settings: &Settings) -> Result<(), StartError> {
    let world = World::open(settings).await?;
    let duplicates = duplicates::list(&world).await;
    let codes = codes::list(&world).await;
    let metrics = metrics::list(&world).await;
    world.close().await;
    duplicates.and(codes).and(metrics)
}
