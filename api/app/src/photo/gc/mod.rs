//! Garbage collection of the objects of photos: completes uploads that arrived without a completion, removes objects
//! without owner after a time, and removes photos that the project's policy no longer keeps.

mod copies;
mod error;
mod orphans;
mod rejected;
mod retention;
mod uploads;

use std::time::Duration;
use store::boxed;

use domain::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::App;

pub use error::{GcError, GcReport};
pub use uploads::remove_uploads;

/// The pause between two garbage collections.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// The pause before the first one, so that the start of the server is not slowed.
const FIRST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Collects once. Objects younger than `abandoned_after` are left alone, because a client may be about to use them.
///
/// # Errors
/// When the database or the object store fails; the next garbage collection continues.
#[boxed]
pub async fn collect(app: &App, abandoned_after: Duration) -> Result<GcReport, GcError> {
    let micros = i64::try_from(abandoned_after.as_micros()).unwrap_or(i64::MAX);
    let before = Timestamp(app.clock.now().0.saturating_sub(micros));
    let mut report = GcReport::default();
    uploads::collect_uploads(app, before, &mut report).await?;
    retention::collect_expired(app, &mut report).await?;
    orphans::collect_orphans(app, before, &mut report).await?;
    copies::make_missing_copies(app, &mut report).await?;
    rejected::process_rejected_again(app, &mut report).await?;
    Ok(report)
}

/// Collects at intervals, until the program stops.
#[boxed]
pub async fn run(app: App, abandoned_after: Duration, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        match stop.run_until_cancelled(collect(&app, abandoned_after)).await {
            Some(Ok(report)) if report == GcReport::default() => {}
            Some(Ok(report)) => tracing::info!(?report, "objects of photos were collected"),
            Some(Err(error)) => tracing::warn!(%error, "the garbage collection of photos failed"),
            None => return,
        }
    }
}
