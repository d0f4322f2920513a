//! Garbage collection of sync: removes old refused operations and the counters of past days.

use std::time::Duration;
use store::boxed;

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
/// The pause between two garbage collections.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// The pause before the first one, so that the start of the server is not slowed.
const FIRST_PAUSE: Duration = Duration::from_secs(6 * 60);

/// What a garbage collection has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Refused operations that were older than 90 days.
    pub operations: u64,
    /// Counters of past days.
    pub counters: u64,
}

/// Collects once.
///
/// # Errors
/// When the database fails; the next garbage collection continues.
#[boxed]
pub async fn collect(app: &App) -> Result<GcReport> {
    let now = app.clock.now();
    let before = now.plus_seconds(-REFUSED_SECONDS);
    let mut report = GcReport::default();
    loop {
        let batch = app.db.write(async |tx| store::sync::remove_refused(tx, before, BATCH).await).await?;
        report.operations += batch;
        if batch < BATCH {
            break;
        }
    }
    let day = day_of(now, &TimeZone::UTC).number - DAYS;
    report.counters = app.db.write(async |tx| store::quotas::delete_before(tx, day).await).await?;
    Ok(report)
}

/// Collects at intervals, until the program stops.
#[boxed]
pub async fn run(app: App, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        match stop.run_until_cancelled(collect(&app)).await {
            Some(Ok(report)) if report == GcReport::default() => {}
            Some(Ok(report)) => tracing::info!(removed = ?report, "old refused operations and counters were removed"),
            Some(Err(error)) => tracing::warn!(error = error.chain(), "the garbage collection of operations failed"),
            None => return,
        }
    }
}
