//! Removes, by the clock, sessions and one-time links that have long been over, and counts of failed sign-ins that
//! nothing follows from.

use std::time::Duration;

use domain::session::SESSION_SECONDS;
use domain::unit::link::OF_PERSON;
use store::boxed;
use store::session_ends::RemoveBefore;
use tokio_util::sync::CancellationToken;

use super::throttle;
use crate::App;
use crate::credentials::link;
use crate::error::Result;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// Before the first round: a start has better things to do.
const FIRST_PAUSE: Duration = Duration::from_secs(4 * 60);
/// A session that is over is kept so long: until then its device is known.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What a round has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Sessions that ended or expired over 30 days ago.
    pub sessions: u64,
    /// Counts of failed sign-ins.
    pub sign_in_attempts: u64,
    /// Invitations and password resets that were used or withdrawn, or expired, over 30 days ago: they hold names and
    /// phones.
    pub links: u64,
    /// Owners' links that were withdrawn or expired over 30 days ago.
    pub unit_links: u64,
    /// Codes that count in no quota any more.
    pub codes: u64,
}

/// One round.
///
/// # Errors
/// When the database fails; the next round goes on.
#[boxed]
pub async fn collect(app: &App) -> Result<GcReport> {
    let now = app.clock.now();
    let over = now.plus_seconds(-KEPT_SECONDS);
    let before = RemoveBefore {
        over: over.0,
        unannounced: now.plus_seconds(-SESSION_SECONDS).0,
        begun: over.plus_seconds(-SESSION_SECONDS).0,
    };
    let sessions = app.db.write(async |tx| store::session_ends::remove_over(tx, before).await).await?;
    let sign_in_attempts = app.db.write(async |tx| throttle::remove_old(tx, now).await).await?;
    let ended = link::removed_before(now);
    let links = app.db.write(async |tx| store::one_time_links::remove_ended(tx, ended).await).await?;
    let counted = OF_PERSON.since(now);
    let codes = app.db.write(async |tx| store::sign_in_codes::remove_old(tx, counted).await).await?;
    let unit_links = app.db.write(async |tx| store::unit_links::remove_ended(tx, ended).await).await?;
    Ok(GcReport { sessions, sign_in_attempts, links, unit_links, codes })
}

/// Collects now and then, until the program stops.
#[boxed]
pub async fn run(app: App, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        // Not broken off by a stop: a round is a few statements, and a transaction may not be dropped in its middle.
        match collect(&app).await {
            Ok(report) if report == GcReport::default() => {}
            Ok(report) => tracing::info!(?report, "removed old sessions, sign-in attempts, links and codes"),
            Err(error) => {
                tracing::warn!(error = %error.chain(), "old sessions, sign-in attempts and links were not removed")
            }
        }
    }
}
