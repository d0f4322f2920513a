//! Care for the objects of photos: uploads that arrived without a word are completed, what is nobody's is removed after
//! a time, and what the project's policy no longer keeps is removed, too.

mod copies;
mod error;
mod orphans;
mod rejected;
mod retention;
mod uploads;

use std::time::Duration;

use domain::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::App;

pub use error::{CareError, Cleaned};

/// Between two rounds of care.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// Before the first one: a start has better things to do.
const FIRST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// One round of care. What is younger than `abandoned_after` is left alone, for somebody may be about to use it.
///
/// # Errors
/// When the database or the object store fails; the next round goes on.
pub async fn clean(app: &App, abandoned_after: Duration) -> Result<Cleaned, CareError> {
    let micros = i64::try_from(abandoned_after.as_micros()).unwrap_or(i64::MAX);
    let before = Timestamp(app.clock.now().0.saturating_sub(micros));
    let mut cleaned = Cleaned::default();
    uploads::clean(app, before, &mut cleaned).await?;
    retention::clean(app, &mut cleaned).await?;
    orphans::clean(app, before, &mut cleaned).await?;
    copies::make(app, &mut cleaned).await?;
    rejected::judge_anew(app, &mut cleaned).await?;
    Ok(cleaned)
}

/// Cares now and then, until the program stops.
pub async fn care(app: App, abandoned_after: Duration, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        match stop.run_until_cancelled(clean(&app, abandoned_after)).await {
            Some(Ok(cleaned)) if cleaned == Cleaned::default() => {}
            Some(Ok(cleaned)) => tracing::info!(?cleaned, "cared for the photos' objects"),
            Some(Err(error)) => tracing::warn!(%error, "the care for the photos' objects was broken off"),
            None => return,
        }
    }
}
