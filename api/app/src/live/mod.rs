//! Live updates: a follower of a project learns at once that there are newer changes, never their content.
//!
//! Three things are watched, each only while a follower needs it: the position of a project, the roles of a person in
//! it, and whether an access token is valid. A commit in this process raises the position at once, and a notification
//! of another process on the same PostgreSQL does so a moment later. Notifications may be lost, so all watched values
//! are also polled in the database every few seconds, in a handful of statements regardless of the number of followers.
//! A slow reader costs no more than a quick one, because only the newest position is kept.

mod follow;
mod notify;
mod poll;
mod registry;
mod token;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::id::{PersonId, ProjectId};
use store::boxed;
use store::live::ProjectPosition;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::App;
use notify::Outbox;
use registry::Registry;

pub use follow::{Following, follow};
pub use token::session_ended;

/// The settings of live updates.
#[derive(Debug, Clone, Copy)]
pub struct LiveSettings {
    /// The interval of polling the database.
    pub poll_interval: Duration,
    /// The least time between two messages to one follower: a burst of commits is one message.
    pub pause: Duration,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self { poll_interval: Duration::from_secs(3), pause: Duration::from_millis(300) }
    }
}

/// The position of a project, as far as this process knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// Unknown until it was first read.
    epoch: Option<Uuid>,
    seq: i64,
}

impl Progress {
    /// Takes the position that the database has.
    fn read(&mut self, newest: ProjectPosition) -> bool {
        let (before, same_epoch) = (*self, self.epoch.is_none_or(|epoch| epoch == newest.epoch));
        // A restored backup has another epoch, and its numbers may be smaller.
        let seq = if same_epoch { self.seq.max(newest.seq) } else { newest.seq };
        *self = Self { epoch: Some(newest.epoch), seq };
        *self != before
    }

    /// Takes the change number of a commit.
    fn reach(&mut self, seq: i64) -> bool {
        let newer = seq > self.seq;
        self.seq = self.seq.max(seq);
        newer
    }

    fn newest(self) -> Option<ProjectPosition> {
        self.epoch.map(|epoch| ProjectPosition { epoch, seq: self.seq })
    }
}

/// The access of a person to a project, as far as this process knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum ProjectAccess {
    /// Not polled yet.
    #[default]
    Unknown,
    /// Roles and own units.
    Held(BTreeSet<String>),
    /// No role and no opened unit any more.
    Lost,
}

/// The watched projects, roles and tokens of this process. Clones share them.
#[derive(Clone, Default)]
pub struct Live(Arc<Inner>);

#[derive(Default)]
struct Inner {
    settings: LiveSettings,
    /// By project.
    progress: Registry<ProjectId, Progress>,
    /// By person and project.
    access: Registry<(PersonId, ProjectId), ProjectAccess>,
    /// By the hash of an access token.
    tokens: Registry<Vec<u8>, bool>,
    outbox: Outbox,
    /// Requests a poll before its time.
    poll_now: Notify,
}

impl Live {
    /// With other settings than the usual ones.
    #[must_use]
    pub fn new(settings: LiveSettings) -> Self {
        Self(Arc::new(Inner { settings, ..Inner::default() }))
    }

    /// A commit of this process has brought a project to this number.
    pub(crate) fn committed(&self, project_id: ProjectId, seq: i64) {
        self.reach(project_id, seq);
        self.0.outbox.add(project_id, seq);
    }

    fn reach(&self, project_id: ProjectId, seq: i64) {
        self.0.progress.update(&project_id, |progress| progress.reach(seq));
    }
}

/// Updates followers until the stop, and then publishes the last notifications.
#[boxed]
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(poll::run_polling(&app, &stop), notify::publish(&app, &stop), notify::listen_for_commits(&app, &stop));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_only_advances_and_restarts_in_another_epoch() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut progress = Progress::default();
        assert!(progress.reach(7), "a commit before the first read is not forgotten");
        assert_eq!(progress.newest(), None);
        assert!(progress.read(ProjectPosition { epoch: one, seq: 5 }));
        assert_eq!(progress.newest(), Some(ProjectPosition { epoch: one, seq: 7 }));
        assert!(!progress.read(ProjectPosition { epoch: one, seq: 6 }));
        assert!(!progress.reach(7));
        assert!(progress.reach(8));
        assert!(progress.read(ProjectPosition { epoch: other, seq: 3 }));
        assert_eq!(progress.newest(), Some(ProjectPosition { epoch: other, seq: 3 }));
    }
}
