//! The runner: takes jobs as long as there are any, a few at once, sleeps until woken, and stops in order.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt::{Taken, take, take_but};
use super::job::JobKind;
use crate::App;
use crate::error::Result;

/// Jobs of other processes, and those whose time comes, wake nobody: look for them.
const LOOK: Duration = Duration::from_secs(3);
/// How long running jobs may take to come to their end when the runner stops.
const GRACE: Duration = Duration::from_secs(15);

/// A runner at work. Dropping it breaks off what it does; see [`JobRunner::stop`].
#[derive(Debug)]
pub struct JobRunner {
    stop: CancellationToken,
    give_back: CancellationToken,
    tasks: TaskTracker,
}

impl JobRunner {
    /// Starts to run jobs, as many at once as there are processors.
    #[must_use]
    pub fn start(app: App) -> Self {
        crate::photo::render::let_others_go_first();
        let runner =
            Self { stop: CancellationToken::new(), give_back: CancellationToken::new(), tasks: TaskTracker::new() };
        let at_once = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (stop, give_back, tasks) = (runner.stop.clone(), runner.give_back.clone(), runner.tasks.clone());
        runner.tasks.spawn(run(app, Arc::new(Semaphore::new(at_once)), stop, give_back, tasks));
        runner
    }

    /// Takes no more jobs, lets those at work come to their end, and gives back those that take too long.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            self.give_back.cancel();
            self.tasks.wait().await;
        }
    }
}

impl Drop for JobRunner {
    fn drop(&mut self) {
        self.stop.cancel();
        self.give_back.cancel();
    }
}

/// Asks to stop only between jobs: broken off in the middle of taking one, it would leave it taken and not done.
async fn run(
    app: App,
    permits: Arc<Semaphore>,
    stop: CancellationToken,
    give_back: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => return,
            permit = permits.clone().acquire_owned() => permit,
        };
        match take(&app).await {
            Ok(Some(taken)) => {
                let (app, give_back) = (app.clone(), give_back.clone());
                tasks.spawn(async move {
                    finish(&app, taken, &give_back).await;
                    drop(permit);
                });
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no job could be taken"),
        }
        drop(permit);
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.signals.woken() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn finish(app: &App, taken: Taken, give_back: &CancellationToken) {
    let settled = tokio::select! {
        outcome = taken.work(app) => taken.settle(app, outcome).await,
        () = give_back.cancelled() => taken.give_back(app).await,
    };
    if let Err(error) = settled {
        tracing::error!(%error, "a job could not be settled; it will be taken again");
    }
}

/// Runs every job that is due now, one after the other, and answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn run_due(app: &App) -> Result<usize> {
    run_due_but(app, None).await
}

/// The same, but those of one kind wait.
pub async fn run_due_but(app: &App, but: Option<JobKind>) -> Result<usize> {
    let mut count = 0;
    while let Some(taken) = take_but(app, but).await? {
        let outcome = taken.work(app).await;
        taken.settle(app, outcome).await?;
        count += 1;
    }
    Ok(count)
}
