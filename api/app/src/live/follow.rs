//! Following a project: a text to compare with at once, and another one whenever there is something newer in the changes of
//! whoever follows.

use std::time::Duration;

use domain::Caller;
use store::live::Reached;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::registry::Watched;
use super::{Progress, Standing};
use crate::App;
use crate::change::{self, Followed};
use crate::error::Result;
use crate::session::authenticate;

/// After a fault of the database, the next try.
const RETRY: Duration = Duration::from_secs(1);

/// Somebody who follows a project.
pub struct Following {
    app: App,
    caller: Caller,
    project_id: Uuid,
    progress: Watched<Uuid, Progress>,
    standing: Watched<(Uuid, Uuid), Standing>,
    /// The standing of which the caller's rights are.
    rights: Standing,
    /// What was looked through.
    followed: Option<Followed>,
    /// What was told last.
    told: Option<String>,
    /// Until when nothing is looked through and nothing told.
    until: Instant,
}

/// Begins to follow a project; none for whoever has no standing in it, as if it did not exist.
///
/// # Errors
/// When the database fails.
pub async fn follow(app: &App, caller: &Caller, project_id: Uuid) -> Result<Option<Following>> {
    let live = &app.live.0;
    // Before the number is read, so that nothing committed meanwhile is missed.
    let progress = live.progress.watch(project_id, Progress::default());
    let standing = live.standings.watch((caller.person_id, project_id), Standing::Unknown);
    let newest = store::changes::newest(app.db.read(), &caller.sight(), project_id).await?;
    let Some(newest) = newest else { return Ok(None) };
    live.progress.update(&project_id, |progress| progress.read(Reached { epoch: newest.epoch, seq: newest.seq }));
    Ok(Some(Following {
        app: app.clone(),
        caller: caller.clone(),
        project_id,
        progress,
        standing,
        // Asked again with the first look: the caller may have been remembered from before a change of rights.
        rights: Standing::Unknown,
        followed: None,
        told: None,
        until: Instant::now(),
    }))
}

impl Following {
    /// The next text to compare with: waits until it is another one than was answered last, which is when something newer
    /// is in the person's own changes. None when the standing in the project is lost.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let standing = self.standing.value.borrow_and_update().clone();
            if standing == Standing::Lost {
                return None;
            }
            let newest = self.progress.value.borrow_and_update().newest();
            let is_due = self.is_behind(&standing, newest);
            if let (true, Some(newest)) = (is_due && self.until <= Instant::now(), newest) {
                let looked = self.look(standing, newest).await;
                self.until = Instant::now() + self.app.live.0.settings.pause;
                match looked {
                    Ok(Some(news)) => return Some(news),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "a follower waits for the next look");
                        self.until = Instant::now() + RETRY;
                    }
                }
                continue;
            }
            let until = self.until;
            let silence = async {
                if is_due {
                    // What comes in the meantime is looked through with it.
                    sleep_until(until).await;
                } else {
                    drop(self.progress.value.changed().await);
                }
            };
            tokio::select! {
                () = silence => {}
                _ = self.standing.value.changed() => {}
            }
        }
    }

    /// Whether there is something to look through: changes, or other rights.
    fn is_behind(&self, standing: &Standing, newest: Option<Reached>) -> bool {
        let has_seen = |newest: Reached| self.followed.is_some_and(|followed| followed.is_at(newest));
        newest.is_some_and(|newest| !has_seen(newest) || *standing != self.rights)
    }

    /// Looks through what came since the last look, in one statement; answers a text that was not told.
    async fn look(&mut self, standing: Standing, newest: Reached) -> Result<Option<String>> {
        if standing != self.rights {
            let (person_id, session_id) = (self.caller.person_id, self.caller.session_id);
            if let Some(caller) = authenticate::load(&self.app, person_id, session_id).await? {
                self.caller = caller;
            }
            // Who sees more than before has missed what was looked through.
            self.followed = None;
            self.rights = standing;
        }
        let followed = change::followed(&self.app, &self.caller, self.project_id, self.followed, newest).await?;
        self.followed = Some(followed);
        let news = change::comparing(&self.caller, self.project_id, followed);
        let is_new = self.told.as_ref() != Some(&news);
        self.told = Some(news.clone());
        Ok(is_new.then_some(news))
    }
}
