//! Live updates: whoever follows a project learns at once that there is something newer in the own changes, never what.
//!
//! Three things are watched, each only while somebody waits for it: how far a project has come, what a person holds in
//! it, and whether an access token is still good. A commit in this process raises a project's number
//! at once, and a hint of another process on the same PostgreSQL does so a moment later. Hints may be lost; therefore
//! everything that is watched is looked at in the database every few seconds too, in a handful of statements however
//! many wait. What nobody waits for costs nothing, and a slow reader costs no more than a quick one: only the newest
//! number is kept.

mod announce;
mod follow;
mod look;
mod registry;
mod token;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use store::live::Reached;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::App;
use announce::Announcements;
use registry::Registry;

pub use follow::{Following, follow};
pub use token::outlive;

/// How live updates are kept.
#[derive(Debug, Clone, Copy)]
pub struct LiveSettings {
    /// How often what is watched is looked at in the database.
    pub look: Duration,
    /// The least time between two messages to one follower: a burst of commits is one message.
    pub pause: Duration,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self { look: Duration::from_secs(3), pause: Duration::from_millis(300) }
    }
}

/// How far a project has come, as far as this process knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// Unknown until it was first read.
    epoch: Option<Uuid>,
    seq: i64,
}

impl Progress {
    /// Learns what the database says.
    fn read(&mut self, newest: Reached) -> bool {
        let (before, same_life) = (*self, self.epoch.is_none_or(|epoch| epoch == newest.epoch));
        // A restored backup is another life of the project, and its numbers may be smaller.
        let seq = if same_life { self.seq.max(newest.seq) } else { newest.seq };
        *self = Self { epoch: Some(newest.epoch), seq };
        *self != before
    }

    /// Learns of a commit.
    fn reach(&mut self, seq: i64) -> bool {
        let newer = seq > self.seq;
        self.seq = self.seq.max(seq);
        newer
    }

    fn newest(self) -> Option<Reached> {
        self.epoch.map(|epoch| Reached { epoch, seq: self.seq })
    }
}

/// What a person holds in a project, as far as this process knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Standing {
    /// Not looked at yet.
    #[default]
    Unknown,
    /// Roles and own units.
    Held(BTreeSet<String>),
    /// Nothing any more.
    Lost,
}

/// What is watched in this process. Clones are the same.
#[derive(Clone, Default)]
pub struct Live(Arc<Inner>);

#[derive(Default)]
struct Inner {
    settings: LiveSettings,
    /// By project.
    progress: Registry<Uuid, Progress>,
    /// By person and project.
    standings: Registry<(Uuid, Uuid), Standing>,
    /// By the hash of an access token.
    tokens: Registry<Vec<u8>, bool>,
    announcements: Announcements,
    /// Asks for a look before its time.
    hurry: Notify,
}

impl Live {
    /// With other settings than the usual ones.
    #[must_use]
    pub fn new(settings: LiveSettings) -> Self {
        Self(Arc::new(Inner { settings, ..Inner::default() }))
    }

    /// A commit of this process has brought a project to this number.
    pub(crate) fn committed(&self, project_id: Uuid, seq: i64) {
        self.reach(project_id, seq);
        self.0.announcements.add(project_id, seq);
    }

    fn reach(&self, project_id: Uuid, seq: i64) {
        self.0.progress.update(&project_id, |progress| progress.reach(seq));
    }
}

/// Keeps followers up to date until it is told to stop, and then gives the last hints.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(look::run(&app, &stop), announce::give(&app, &stop), announce::hear(&app, &stop));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_goes_forward_and_begins_anew_in_another_life() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut progress = Progress::default();
        assert!(progress.reach(7), "a commit before the first read is not forgotten");
        assert_eq!(progress.newest(), None);
        assert!(progress.read(Reached { epoch: one, seq: 5 }));
        assert_eq!(progress.newest(), Some(Reached { epoch: one, seq: 7 }));
        assert!(!progress.read(Reached { epoch: one, seq: 6 }));
        assert!(!progress.reach(7));
        assert!(progress.reach(8));
        assert!(progress.read(Reached { epoch: other, seq: 3 }));
        assert_eq!(progress.newest(), Some(Reached { epoch: other, seq: 3 }));
    }
}
