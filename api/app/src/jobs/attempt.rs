//! One attempt at one job: lease it, run it while the lease is renewed, acknowledge the outcome.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::Timestamp;
use futures::FutureExt as _;
use store::boxed;
use store::entity::jobs;
use store::jobs::{JobOutcome, Lease};
use tokio::time::{MissedTickBehavior, interval};

use super::handle::run_handler;
use super::job::{JobError, JobKind};
use crate::App;
use crate::error::{Error, Result};

/// The duration of a lease: an unrenewed job is leased again after it.
const LEASE_SECONDS: i64 = 30;
/// The interval in which a worker renews its lease.
const RENEWAL: Duration = Duration::from_secs(10);
/// The wait after the first failure; it doubles each time.
const FIRST_WAIT_SECONDS: i64 = 2;
/// The longest wait.
const LONGEST_WAIT_SECONDS: i64 = 600;
/// Most characters of a stored reason.
const REASON_LIMIT: usize = 1_000;

/// A job that is leased to this worker.
#[derive(Debug)]
pub struct LeasedJob {
    job: jobs::Model,
    lease: Lease,
}

/// Leases the job that has waited longest, if there is one. WebP renditions come after all other jobs.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lease_next(app: &App) -> Result<Option<LeasedJob>> {
    lease_next_except(app, None).await
}

/// The same, without the jobs of one kind.
pub(super) async fn lease_next_except(app: &App, but: Option<JobKind>) -> Result<Option<LeasedJob>> {
    let now = app.clock.now();
    if !store::jobs::any_due(app.db.read(), now).await? {
        return Ok(None);
    }
    let (until, token) = (now.plus_seconds(LEASE_SECONDS), app.ids.next());
    let (but, last) = (but.map(JobKind::as_str), JobKind::LAST.as_str());
    let job = app.db.write(async |tx| store::jobs::lease_next(tx, now, until, token, but, last).await).await?;
    let Some(job) = job else { return Ok(None) };
    let lease = Lease::of(&job).ok_or_else(|| Error::internal("a job was leased without a token"))?;
    Ok(Some(LeasedJob { job, lease }))
}

impl LeasedJob {
    /// Runs the job. The outcome is stored by [`LeasedJob::acknowledge`].
    #[boxed]
    pub async fn run(&self, app: &App) -> Outcome {
        if self.job.attempts > self.job.max_attempts {
            // Its worker died in each attempt, before it could store a reason.
            let reason = format!("given up: {} attempts never came to an end", self.job.max_attempts);
            return Outcome(Err(JobError::Permanent(reason)));
        }
        let handled = AssertUnwindSafe(run_handler(app, &self.job)).catch_unwind();
        tokio::select! {
            result = handled => Outcome(result.unwrap_or_else(|_| Err(JobError::Transient("it panicked".to_owned())))),
            // Another worker has leased the job.
            () = self.keep_lease(app) => Outcome(Err(JobError::Transient("the lease was lost".to_owned()))),
        }
    }

    /// Renews the lease; completes when the lease is lost.
    async fn keep_lease(&self, app: &App) {
        let mut ticks = interval(RENEWAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let until = app.clock.now().plus_seconds(LEASE_SECONDS);
            match app.db.write(async |tx| store::jobs::renew_lease(tx, &self.lease, until).await).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(job = %self.job.id, %error, "a lease could not be renewed"),
            }
        }
    }

    /// Stores the outcome of the job. Returns whether the lease was still held; if not, nothing is stored.
    ///
    /// # Errors
    /// When the database fails; then the lease expires and the job is leased again.
    #[boxed]
    pub async fn acknowledge(self, app: &App, outcome: Outcome) -> Result<bool> {
        let outcome = self.outcome_to_store(app.clock.now(), outcome);
        let held = app.db.write(async |tx| store::jobs::store_outcome(tx, &self.lease, outcome).await).await?;
        if !held {
            tracing::warn!(job = %self.job.id, attempt = self.lease.attempt, "a job was leased by another worker meanwhile");
        }
        Ok(held)
    }

    /// Releases the job for another worker; the attempt does not count.
    ///
    /// # Errors
    /// When the database fails; then the lease expires and the job is leased again.
    #[boxed]
    pub async fn release(self, app: &App) -> Result<bool> {
        Ok(app.db.write(async |tx| store::jobs::store_outcome(tx, &self.lease, JobOutcome::GivenBack).await).await?)
    }

    fn outcome_to_store(&self, now: Timestamp, outcome: Outcome) -> JobOutcome {
        let (error, last) = match outcome.0 {
            Ok(()) => return JobOutcome::Done(now),
            Err(error @ JobError::DependencyDown(_)) => (error, false),
            Err(error @ JobError::Permanent(_)) => (error, true),
            Err(error @ JobError::Transient(_)) => (error, self.job.attempts >= self.job.max_attempts),
        };
        let (job, kind, attempt) = (self.job.id, &self.job.kind, self.lease.attempt);
        let reason: String = error.to_string().chars().take(REASON_LIMIT).collect();
        let spent = self.job.attempts >= self.job.max_attempts;
        if last {
            tracing::error!(%job, kind, attempt, reason, "a job has failed");
            JobOutcome::Failed { at: now, reason }
        } else {
            tracing::warn!(%job, kind, attempt, reason, "a job will be tried again");
            // An outage may last longer than all attempts, so the last attempt is given back.
            JobOutcome::Retry { at: now.plus_seconds(wait_seconds(attempt)), reason, give_back: spent }
        }
    }
}

/// The outcome of an attempt.
#[derive(Debug)]
pub struct Outcome(Result<(), JobError>);

/// The wait after the failure of an attempt, which counts from 1.
fn wait_seconds(attempt: i32) -> i64 {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    (FIRST_WAIT_SECONDS << doublings).min(LONGEST_WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_ten_minutes() {
        let waits: Vec<i64> = (1..=12).map(wait_seconds).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
        assert_eq!(wait_seconds(i32::MAX), 600);
    }
}
