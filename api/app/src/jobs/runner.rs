//! The runner: takes jobs as long as there are any, a few at once, sleeps until woken, and stops in order.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use store::boxed;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt::{LeasedJob, lease_next, lease_next_except};
use super::job::JobKind;
use crate::App;
use crate::error::Result;

/// Jobs of other processes and delayed jobs do not wake the runner, so it polls.
const LOOK: Duration = Duration::from_secs(3);
/// How long running jobs may take to come to their end when the runner stops.
const GRACE: Duration = Duration::from_secs(15);

/// A running job runner. Dropping it aborts the running jobs; see [`JobRunner::stop`].
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
        crate::photo::render::lower_worker_priority();
        let runner =
            Self { stop: CancellationToken::new(), give_back: CancellationToken::new(), tasks: TaskTracker::new() };
        let at_once = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (stop, give_back, tasks) = (runner.stop.clone(), runner.give_back.clone(), runner.tasks.clone());
        runner.tasks.spawn(run(app, Arc::new(Semaphore::new(at_once)), stop, give_back, tasks));
        runner
    }

    /// Leases no more jobs, waits for the running ones, and releases those that take too long.
    #[boxed]
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

/// Stops between jobs only: aborted while it leases a job, it would leave that job leased and not run.
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
        match lease_next(&app).await {
            Ok(Some(leased)) => {
                let (app, give_back) = (app.clone(), give_back.clone());
                tasks.spawn(async move {
                    run_leased(&app, leased, &give_back).await;
                    drop(permit);
                });
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no job could be leased"),
        }
        drop(permit);
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.job_notifier.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn run_leased(app: &App, leased: LeasedJob, give_back: &CancellationToken) {
    let stored = tokio::select! {
        outcome = leased.run(app) => leased.acknowledge(app, outcome).await,
        () = give_back.cancelled() => leased.release(app).await,
    };
    if let Err(error) = stored {
        tracing::error!(%error, "the outcome of a job could not be stored; the job will be leased again");
    }
}

/// Runs every job that is due now, one after the other, and returns how many there were.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn run_due(app: &App) -> Result<usize> {
    run_due_except(app, None).await
}

/// The same, without the jobs of one kind.
#[boxed]
pub async fn run_due_except(app: &App, but: Option<JobKind>) -> Result<usize> {
    let mut count = 0;
    while let Some(leased) = lease_next_except(app, but).await? {
        let outcome = leased.run(app).await;
        leased.acknowledge(app, outcome).await?;
        count += 1;
    }
    Ok(count)
}
