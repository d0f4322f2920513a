//! Hints to and from the other server processes on the same PostgreSQL.
//!
//! They are given after the commit, joined by project, and never within a write transaction: PostgreSQL would let those
//! transactions commit one at a time. A hint says which project has come how far, no more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use store::db::{Backend, Heard, Listener};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::App;

const CHANNEL: &str = "handover_changes";
/// Between two statements with hints: what is committed meanwhile is joined.
const PAUSE: Duration = Duration::from_millis(50);
/// Before a lost connection is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Commits that the other processes have not been told of.
#[derive(Default)]
pub(super) struct Announcements {
    /// Somebody takes them; otherwise none are kept.
    taken: AtomicBool,
    waiting: Mutex<HashMap<Uuid, i64>>,
    news: Notify,
}

impl Announcements {
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

/// Gives hints as there is news, and the last ones when it is told to stop.
pub(super) async fn give(app: &App, stop: &CancellationToken) {
    if app.db.backend() != Backend::Postgres {
        return;
    }
    let announcements = &app.live.0.announcements;
    announcements.taken.store(true, Ordering::Relaxed);
    while stop.run_until_cancelled(announcements.news.notified()).await.is_some() {
        tell(app).await;
        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
    announcements.taken.store(false, Ordering::Relaxed);
    tell(app).await;
}

async fn tell(app: &App) {
    let hints = app.live.0.announcements.take();
    if !hints.is_empty()
        && let Err(error) = app.db.hint(CHANNEL, hints).await
    {
        tracing::warn!(%error, "other processes learn of commits by their next look");
    }
}

/// Hears hints until it is told to stop.
pub(super) async fn hear(app: &App, stop: &CancellationToken) {
    let hearing = async {
        loop {
            let heard = match app.db.listen(CHANNEL).await {
                Ok(Some(listener)) => listen(app, listener).await,
                // Nobody else can be heard.
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

async fn listen(app: &App, mut listener: Listener) -> Result<(), store::Error> {
    loop {
        // What was said while nobody listened is found by a look.
        app.live.0.hurry.notify_one();
        while let Heard::Hint(hint) = listener.next().await? {
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
        let (announcements, id) = (Announcements::default(), Uuid::from_u128(7));
        announcements.add(id, 1);
        assert_eq!(announcements.take(), [""; 0]);
        announcements.taken.store(true, Ordering::Relaxed);
        for seq in [3, 5, 4] {
            announcements.add(id, seq);
        }
        assert_eq!(announcements.take(), [write(id, 5)]);
        assert_eq!(announcements.take(), [""; 0]);
    }
}
