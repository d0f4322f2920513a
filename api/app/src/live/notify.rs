//! Notifications to and from the other server processes on the same PostgreSQL.
//!
//! They are sent after the commit, one per project, and never within a write transaction, because PostgreSQL would then
//! commit those transactions one at a time. A notification holds a project and its newest change number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use store::db::{Backend, Listener, Notification};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::App;

const CHANNEL: &str = "handover_changes";
/// The pause between two statements; commits meanwhile are joined.
const PAUSE: Duration = Duration::from_millis(50);
/// Before a lost connection is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Commits that were not published to other processes yet.
#[derive(Default)]
pub(super) struct Outbox {
    /// Whether a publisher runs; otherwise commits are not kept.
    taken: AtomicBool,
    waiting: Mutex<HashMap<Uuid, i64>>,
    news: Notify,
}

impl Outbox {
    pub(super) fn add(&self, project_id: Uuid, seq: i64) {
        if self.taken.load(Ordering::Relaxed) {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = waiting.entry(project_id).or_insert(seq);
            *newest = seq.max(*newest);
            drop(waiting);
            self.news.notify_one();
        }
    }

    fn take(&self) -> Vec<String> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().map(|(project_id, seq)| write(project_id, seq)).collect()
    }
}

/// Publishes notifications of commits, and the last ones at the stop.
pub(super) async fn publish(app: &App, stop: &CancellationToken) {
    if app.db.backend() != Backend::Postgres {
        return;
    }
    let outbox = &app.live.0.outbox;
    outbox.taken.store(true, Ordering::Relaxed);
    while stop.run_until_cancelled(outbox.news.notified()).await.is_some() {
        flush(app).await;
        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
    outbox.taken.store(false, Ordering::Relaxed);
    flush(app).await;
}

async fn flush(app: &App) {
    let hints = app.live.0.outbox.take();
    if !hints.is_empty()
        && let Err(error) = app.db.notify(CHANNEL, hints).await
    {
        tracing::warn!(%error, "other processes learn of commits by their next look");
    }
}

/// Receives notifications until the stop.
pub(super) async fn listen_for_commits(app: &App, stop: &CancellationToken) {
    let hearing = async {
        loop {
            let heard = match app.db.listen(CHANNEL).await {
                Ok(Some(listener)) => receive_notifications(app, listener).await,
                // SQLite: there is no other process.
                Ok(None) => return,
                Err(error) => Err(error),
            };
            if let Err(error) = heard {
                tracing::warn!(%error, "hints of other processes are not heard");
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    stop.run_until_cancelled(hearing).await;
}

async fn receive_notifications(app: &App, mut listener: Listener) -> Result<(), store::Error> {
    loop {
        // Notifications that were missed are found by a poll.
        app.live.0.poll_now.notify_one();
        while let Notification::Payload(hint) = listener.next().await? {
            if let Some((project_id, seq)) = read(&hint) {
                app.live.reach(project_id, seq);
            }
        }
    }
}

fn write(project_id: Uuid, seq: i64) -> String {
    format!("{project_id} {seq}")
}

fn read(hint: &str) -> Option<(Uuid, i64)> {
    let (project_id, seq) = hint.split_once(' ')?;
    Some((Uuid::try_parse(project_id).ok()?, seq.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_goes_there_and_back_and_nonsense_does_not() {
        let id = Uuid::from_u128(7);
        assert_eq!(read(&write(id, 42)), Some((id, 42)));
        for nonsense in ["", "42", "x 42", "00000000-0000-0000-0000-000000000007 x"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn hints_of_a_project_are_joined_and_none_are_kept_for_nobody() {
        let (outbox, id) = (Outbox::default(), Uuid::from_u128(7));
        outbox.add(id, 1);
        assert_eq!(outbox.take(), [""; 0]);
        outbox.taken.store(true, Ordering::Relaxed);
        for seq in [3, 5, 4] {
            outbox.add(id, seq);
        }
        assert_eq!(outbox.take(), [write(id, 5)]);
        assert_eq!(outbox.take(), [""; 0]);
    }
}
