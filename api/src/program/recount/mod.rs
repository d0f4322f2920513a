//! `handover recount`: checks the stored data against the rules, and lists what a person must correct. Changes nothing.

mod codes;
mod duplicates;
mod metrics;

use super::error::StartError;
use super::settings::Settings;
use super::start::Services;

pub(super) async fn run(settings: &Settings) -> Result<(), StartError> {
    let services = Services::open(settings).await?;
    let duplicates = duplicates::list(&services).await;
    let codes = codes::list(&services).await;
    let metrics = metrics::list(&services).await;
    services.close().await;
    duplicates.and(codes).and(metrics)
}
