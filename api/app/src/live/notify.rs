//! Notifications to and from the other server processes on the same PostgreSQL.
//!
//! They are sent after the commit, one per project, and never within a write transaction, because PostgreSQL would then
//! commit those transactions one at a time. A notification holds a project and its newest change number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::id::ProjectId;
use store::db::{Backend, Listener, Notification};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::App;

const CHANNEL: &str = "handover_changes";
/// The pause between two statements; commits meanwhile are joined.
const PAUSE: Duration = Duration::from_millis(50);
/// The wait before a lost connection is made again.
const RETRY: Duration = Duration::from_secs(1);

/// Commits that were not published to other processes yet.
#[derive(Default)]
pub(super) struct Outbox {
    /// Whether a publisher runs; otherwise commits are not kept.
    has_publisher: AtomicBool,
    waiting: Mutex<HashMap<ProjectId, i64>>,
    added: Notify,
}

impl Outbox {
    pub(super) fn add(&self, project_id: ProjectId, seq: i64) {
        if self.has_publisher.load(Ordering::Relaxed) {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = waiting.entry(project_id).or_insert(seq);
            *newest = seq.max(*newest);
            drop(waiting);
            self.added.notify_one();
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
    outbox.has_publisher.store(true, Ordering::Relaxed);
    while stop.run_until_cancelled(outbox.added.notified()).await.is_some() {
        flush(app).await;
        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
    outbox.has_publisher.store(false, Ordering::Relaxed);
    flush(app).await;
}

async fn flush(app: &App) {
    let payloads = app.live.0.outbox.take();
    if !payloads.is_empty()
        && let Err(error) = app.db.notify(CHANNEL, payloads).await
    {
        tracing::warn!(%error, "commits were not published; other processes find them by their next poll");
    }
}

/// Receives notifications until the stop.
pub(super) async fn listen_for_commits(app: &App, stop: &CancellationToken) {
    let listening = async {
        loop {
            let received = match app.db.listen(CHANNEL).await {
                Ok(Some(listener)) => receive_notifications(app, listener).await,
                // SQLite: there is no other process.
                Ok(None) => return,
                Err(error) => Err(error),
            };
            if let Err(error) = received {
                tracing::warn!(%error, "notifications of other processes are not received");
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    stop.run_until_cancelled(listening).await;
}

async fn receive_notifications(app: &App, mut listener: Listener) -> Result<(), store::Error> {
    loop {
        // Notifications that were missed are found by a poll.
        app.live.0.poll_now.notify_one();
        while let Notification::Payload(payload) = listener.next().await? {
            if let Some((project_id, seq)) = read(&payload) {
                app.live.reach(project_id, seq);
            }
        }
    }
}

fn write(project_id: ProjectId, seq: i64) -> String {
    format!("{project_id} {seq}")
}

fn read(payload: &str) -> Option<(ProjectId, i64)> {
    let (project_id, seq) = payload.split_once(' ')?;
    Some((project_id.parse().ok()?, seq.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_read_as_written_and_nonsense_is_ignored() {
        let id = ProjectId::from_u128(7);
        assert_eq!(read(&write(id, 42)), Some((id, 42)));
        for nonsense in ["", "42", "x 42", "00000000-0000-0000-0000-000000000007 x"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn commits_of_a_project_are_joined_and_dropped_without_a_publisher() {
        let (outbox, id) = (Outbox::default(), ProjectId::from_u128(7));
        outbox.add(id, 1);
        assert_eq!(outbox.take(), [""; 0]);
        outbox.has_publisher.store(true, Ordering::Relaxed);
        for seq in [3, 5, 4] {
            outbox.add(id, seq);
        }
        assert_eq!(outbox.take(), [write(id, 5)]);
        assert_eq!(outbox.take(), [""; 0]);
    }
}
