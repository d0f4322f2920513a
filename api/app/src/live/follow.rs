//! Following a project: the newest cursor at once, and again whenever there is something newer.

use domain::Caller;
use store::live::Reached;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::Progress;
use super::registry::Watched;
use crate::App;
use crate::change::comparing;
use crate::error::Result;

/// Somebody who follows a project.
pub struct Following {
    progress: Watched<Uuid, Progress>,
    standing: Watched<(Uuid, Uuid), bool>,
    pause: std::time::Duration,
    /// What was told last, and until when to be silent.
    told: Option<(Progress, Instant)>,
}

/// Begins to follow a project; none for whoever has no standing in it, as if it did not exist.
///
/// # Errors
/// When the database fails.
pub async fn follow(app: &App, caller: &Caller, project_id: Uuid) -> Result<Option<Following>> {
    let live = &app.live.0;
    // Before the number is read, so that nothing committed meanwhile is missed.
    let progress = live.progress.watch(project_id, Progress::default());
    let standing = live.standings.watch((caller.person_id, project_id), true);
    let newest = store::changes::newest(app.db.read(), &caller.sight(), project_id).await?;
    let Some(newest) = newest else { return Ok(None) };
    live.progress.update(&project_id, |progress| progress.read(Reached { epoch: newest.epoch, seq: newest.seq }));
    Ok(Some(Following { progress, standing, pause: live.settings.pause, told: None }))
}

impl Following {
    /// The next cursor to compare with: waits until there is another one than was answered last. None when the
    /// standing in the project is lost.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if !*self.standing.value.borrow_and_update() {
                return None;
            }
            let now = *self.progress.value.borrow_and_update();
            let silent = match self.told {
                Some((told, _)) if told == now => None,
                Some((_, until)) => Some(until),
                None => Some(Instant::now()),
            };
            if silent.is_some_and(|until| until <= Instant::now())
                && let Some(newest) = now.newest()
            {
                self.told = Some((now, Instant::now() + self.pause));
                return Some(comparing(newest));
            }
            let silence = async {
                match silent {
                    // What comes in the meantime is told with it: the newest only.
                    Some(until) => sleep_until(until).await,
                    None => drop(self.progress.value.changed().await),
                }
            };
            tokio::select! {
                () = silence => {}
                _ = self.standing.value.changed() => {}
            }
        }
    }
}
