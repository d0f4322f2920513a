//! Following a project: a text to compare with at once, and another text whenever the follower has newer changes.

use std::time::Duration;

use domain::Caller;
use domain::id::{PersonId, ProjectId};
use store::boxed;
use store::live::ProjectPosition;
use tokio::time::{Instant, sleep_until};

use super::registry::Watched;
use super::{Progress, ProjectAccess};
use crate::App;
use crate::change::{self, Followed};
use crate::error::Result;
use crate::session::authenticate::{self, SessionScope};

/// After a fault of the database, the next try.
const RETRY: Duration = Duration::from_secs(1);

/// A follower of a project.
pub struct Following {
    app: App,
    caller: Caller,
    project_id: ProjectId,
    progress: Watched<ProjectId, Progress>,
    access: Watched<(PersonId, ProjectId), ProjectAccess>,
    /// The access for which `caller` was loaded.
    rights: ProjectAccess,
    /// The changes that were read.
    followed: Option<Followed>,
    /// The last text that was sent.
    last_sent: Option<String>,
    /// The end of the pause between two messages.
    until: Instant,
}

/// Begins to follow a project; `None` for a person without access to it, as if it did not exist.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn follow(app: &App, caller: &Caller, project_id: ProjectId) -> Result<Option<Following>> {
    let live = &app.live.0;
    // Before the number is read, so that nothing committed meanwhile is missed.
    let progress = live.progress.watch(project_id, Progress::default());
    let access = live.access.watch((caller.person_id, project_id), ProjectAccess::Unknown);
    let newest = store::changes::newest(app.db.read(), &caller.visibility(), project_id).await?;
    let Some(newest) = newest else { return Ok(None) };
    live.progress
        .update(&project_id, |progress| progress.read(ProjectPosition { epoch: newest.epoch, seq: newest.seq }));
    Ok(Some(Following {
        app: app.clone(),
        caller: caller.clone(),
        project_id,
        progress,
        access,
        // Loaded again with the first poll, because the caller may have been cached before a change of rights.
        rights: ProjectAccess::Unknown,
        followed: None,
        last_sent: None,
        until: Instant::now(),
    }))
}

impl Following {
    /// The next text to compare with. Waits until it differs from the last one, which is when the person's own changes
    /// have something newer. `None` when the access to the project is lost.
    #[boxed]
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let access = self.access.value.borrow_and_update().clone();
            if access == ProjectAccess::Lost {
                return None;
            }
            let newest = self.progress.value.borrow_and_update().newest();
            let is_due = self.is_behind(&access, newest);
            if let (true, Some(newest)) = (is_due && self.until <= Instant::now(), newest) {
                let polled = self.poll(access, newest).await;
                self.until = Instant::now() + self.app.live.0.settings.pause;
                match polled {
                    Ok(Polled::News(news)) => return Some(news),
                    Ok(Polled::Nothing) => {}
                    Ok(Polled::Lost) => return None,
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "a follower waits for the next poll");
                        self.until = Instant::now() + RETRY;
                    }
                }
                continue;
            }
            let until = self.until;
            let silence = async {
                if is_due {
                    // Changes that come in the meantime are read together with it.
                    sleep_until(until).await;
                } else {
                    drop(self.progress.value.changed().await);
                }
            };
            tokio::select! {
                () = silence => {}
                _ = self.access.value.changed() => {}
            }
        }
    }

    /// Whether there is something to read: newer changes, or changes for other rights.
    fn is_behind(&self, access: &ProjectAccess, newest: Option<ProjectPosition>) -> bool {
        let has_seen = |newest: ProjectPosition| self.followed.is_some_and(|followed| followed.is_at(newest));
        newest.is_some_and(|newest| !has_seen(newest) || *access != self.rights)
    }

    /// Reads the changes since the last poll, in one statement.
    async fn poll(&mut self, access: ProjectAccess, newest: ProjectPosition) -> Result<Polled> {
        if access != self.rights {
            let (person_id, session) = (self.caller.person_id, SessionScope::of(&self.caller));
            match authenticate::load(&self.app, person_id, session).await? {
                Some(caller) => self.caller = caller,
                // The person still has access by another unit or role, which is none of this session's.
                None if self.caller.only_unit.is_some() => return Ok(Polled::Lost),
                None => {}
            }
            if self.caller.only_unit.is_some() && self.caller.actor_in(self.project_id).is_none() {
                return Ok(Polled::Lost);
            }
            // A person who sees more than before has missed some of the changes that were read.
            self.followed = None;
            self.rights = access;
        }
        let followed = change::followed(&self.app, &self.caller, self.project_id, self.followed, newest).await?;
        self.followed = Some(followed);
        let news = change::comparing(&self.caller, self.project_id, followed);
        let is_new = self.last_sent.as_ref() != Some(&news);
        self.last_sent = Some(news.clone());
        Ok(if is_new { Polled::News(news) } else { Polled::Nothing })
    }
}

/// What a poll found.
enum Polled {
    /// A text that was not sent yet.
    News(String),
    /// Nothing that the follower may see.
    Nothing,
    /// The session sees nothing of the project any more.
    Lost,
}
