//! Inboxes: what people hear of their work, at once in the inbox, and once a day by a digest.

mod devices;
mod digest;
mod hearers;
pub(crate) mod notify;
pub mod read;

use std::time::Duration;

pub use devices::notify_of_late_devices;
pub use digest::send_due_digests;
use store::boxed;
use tokio_util::sync::CancellationToken;

use crate::App;

/// Between two looks for digests that are due.
const PAUSE: Duration = Duration::from_secs(60);
/// So many looks for digests go with one for devices.
const LOOKS_PER_HOUR: u32 = 60;

/// Sends digests when they are due, and tells people of devices that are behind, until the program stops.
#[boxed]
pub async fn run(app: App, stop: CancellationToken) {
    let mut looks: u32 = 0;
    while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        // Not broken off by a stop: each digest and each entry is a short transaction of its own.
        if looks.is_multiple_of(LOOKS_PER_HOUR) {
            match notify_of_late_devices(&app).await {
                Ok(0) => {}
                Ok(devices) => tracing::info!(devices, "people were told of devices that are behind"),
                Err(error) => tracing::warn!(error = error.chain(), "devices could not be looked through"),
            }
        }
        looks = looks.wrapping_add(1);
        match send_due_digests(&app).await {
            Ok(0) => {}
            Ok(digests) => tracing::info!(digests, "digests were written"),
            Err(error) => tracing::warn!(error = error.chain(), "digests could not be written"),
        }
    }
}
