//! Care for what sync keeps: refused operations are removed by age, and so are the counters of past days.

use std::time::Duration;

use domain::quota::day_of;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::error::Result;

/// How long a refused operation is kept.
const REFUSED_SECONDS: i64 = 90 * 24 * 60 * 60;
/// Operations removed in one transaction: writers wait for no more than that.
const BATCH: u64 = 500;
/// Days of counters that are kept: the day of a time zone may be behind or ahead of the day of UTC.
const DAYS: i64 = 2;
/// Between two rounds of care.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// Before the first one, beside the start's own work.
const FIRST_PAUSE: Duration = Duration::from_secs(6 * 60);

/// What a round of care has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Refused operations that were older than 90 days.
    pub operations: u64,
    /// Counters of past days.
    pub counters: u64,
}

/// One round of care.
///
/// # Errors
/// When the database fails; the next round continues.
pub async fn clean(app: &App) -> Result<Removed> {
    let now = app.clock.now();
    let before = now.plus_seconds(-REFUSED_SECONDS);
    let mut removed = Removed::default();
    loop {
        let batch = app.db.write(async |tx| store::sync::remove_refused(tx, before, BATCH).await).await?;
        removed.operations += batch;
        if batch < BATCH {
            break;
        }
    }
    let day = day_of(now, &TimeZone::UTC).number - DAYS;
    removed.counters = app.db.write(async |tx| store::quotas::forget_before(tx, day).await).await?;
    Ok(removed)
}

/// Cares now and then, until the program stops.
pub async fn care(app: App, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        match stop.run_until_cancelled(clean(&app)).await {
            Some(Ok(removed)) if removed == Removed::default() => {}
            Some(Ok(removed)) => tracing::info!(?removed, "old refused operations and counters were removed"),
            Some(Err(error)) => tracing::warn!(error = error.chain(), "the care for operations was broken off"),
            None => return,
        }
    }
}
