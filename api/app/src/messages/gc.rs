//! Garbage collection of messages: what was settled long ago is removed, with the name of whoever it was sent to; links
//! that switch messages off end with the messages in people's mailboxes, and old entries leave the inboxes.

use std::time::Duration;

use domain::Timestamp;
use store::boxed;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::error::Result;

/// How long a settled message is kept.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;
/// How long the link in a message switches such messages off: 400 days.
const LINKS_KEPT_SECONDS: i64 = 400 * 24 * 60 * 60;
/// How long an entry stays in an inbox: 180 days.
const ENTRIES_KEPT_SECONDS: i64 = 180 * 24 * 60 * 60;
/// Messages removed in one transaction: writers wait for no more than that.
const BATCH: u64 = 500;
/// The pause between two garbage collections.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// The pause before the first one, so that the start of the server is not slowed.
const FIRST_PAUSE: Duration = Duration::from_secs(7 * 60);

/// Removes the messages that were settled more than 90 days ago, and entries of inboxes that are older than 180 days;
/// returns how many. Messages in doubt stay.
///
/// # Errors
/// When the database fails; the next garbage collection continues.
#[boxed]
pub async fn collect(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let links_before = now.plus_seconds(-LINKS_KEPT_SECONDS);
    app.db.write(async |tx| store::messages::remove_unsubscribe_links(tx, links_before).await).await?;
    let messages = remove_messages(app, now.plus_seconds(-KEPT_SECONDS)).await?;
    Ok(messages + remove_entries(app, now.plus_seconds(-ENTRIES_KEPT_SECONDS)).await?)
}

async fn remove_messages(app: &App, before: Timestamp) -> Result<u64> {
    let mut removed = 0;
    loop {
        let batch = app.db.write(async |tx| store::messages::remove_settled(tx, before, BATCH).await).await?;
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}

async fn remove_entries(app: &App, before: Timestamp) -> Result<u64> {
    let mut removed = 0;
    loop {
        let batch = app.db.write(async |tx| store::inbox::remove_old(tx, before, BATCH).await).await?;
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}

/// Collects at intervals, until the program stops.
#[boxed]
pub async fn run(app: App, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = PAUSE;
        match stop.run_until_cancelled(collect(&app)).await {
            Some(Ok(0)) => {}
            Some(Ok(messages)) => tracing::info!(messages, "old messages were removed"),
            Some(Err(error)) => tracing::warn!(error = error.chain(), "the garbage collection of messages failed"),
            None => return,
        }
    }
}
