//! One attempt at one job: take it, do it while the lease is kept alive, say what came of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::Timestamp;
use futures::FutureExt as _;
use store::entity::jobs;
use store::jobs::{Lease, Settlement};
use tokio::time::{MissedTickBehavior, interval};

use super::handle::handle;
use super::job::{JobError, JobKind};
use crate::App;
use crate::error::{Error, Result};

/// How long a worker may be silent before its job is taken again.
const LEASE_SECONDS: i64 = 30;
/// How often a worker says that it is alive.
const RENEWAL: Duration = Duration::from_secs(10);
/// The wait after the first failure; it doubles each time.
const FIRST_WAIT_SECONDS: i64 = 2;
/// The longest wait.
const LONGEST_WAIT_SECONDS: i64 = 600;
/// What is kept of a reason, in characters.
const REASON_LIMIT: usize = 1_000;

/// A job that this worker holds.
#[derive(Debug)]
pub struct Taken {
    job: jobs::Model,
    lease: Lease,
}

/// Takes the job that has waited longest, if there is one; the smaller copies of photos come after everything else.
///
/// # Errors
/// When the database fails.
pub async fn take(app: &App) -> Result<Option<Taken>> {
    take_but(app, None).await
}

/// The same, but none of one kind.
pub(super) async fn take_but(app: &App, but: Option<JobKind>) -> Result<Option<Taken>> {
    let now = app.clock.now();
    if !store::jobs::any_due(app.db.read(), now).await? {
        return Ok(None);
    }
    let (until, token) = (now.plus_seconds(LEASE_SECONDS), app.ids.next());
    let (but, last) = (but.map(JobKind::as_str), JobKind::LAST.as_str());
    let job = app.db.write(async |tx| store::jobs::claim(tx, now, until, token, but, last).await).await?;
    let Some(job) = job else { return Ok(None) };
    let lease = Lease::of(&job).ok_or_else(|| Error::internal("a job was taken without a lease"))?;
    Ok(Some(Taken { job, lease }))
}

impl Taken {
    /// Does the job; what came of it is not noted yet, see [`Taken::settle`].
    pub async fn work(&self, app: &App) -> Outcome {
        if self.job.attempts > self.job.max_attempts {
            // Its worker died each time, before it could say why.
            let reason = format!("given up: {} attempts never came to an end", self.job.max_attempts);
            return Outcome(Err(JobError::Hopeless(reason)));
        }
        let handled = AssertUnwindSafe(handle(app, &self.job)).catch_unwind();
        tokio::select! {
            result = handled => Outcome(result.unwrap_or_else(|_| Err(JobError::Passing("it panicked".to_owned())))),
            // Somebody else has it now: what is left to do is theirs.
            () = self.keep(app) => Outcome(Err(JobError::Passing("the lease was lost".to_owned()))),
        }
    }

    /// Keeps the lease alive; ends when it is lost.
    async fn keep(&self, app: &App) {
        let mut ticks = interval(RENEWAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let until = app.clock.now().plus_seconds(LEASE_SECONDS);
            match app.db.write(async |tx| store::jobs::renew(tx, &self.lease, until).await).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(job = %self.job.id, %error, "a lease could not be renewed"),
            }
        }
    }

    /// Notes what came of the job. Answers whether the lease was still held; if not, nothing is noted.
    ///
    /// # Errors
    /// When the database fails; then the lease runs out and the job is taken again.
    pub async fn settle(self, app: &App, outcome: Outcome) -> Result<bool> {
        let settlement = self.settlement(app.clock.now(), outcome);
        let held = app.db.write(async |tx| store::jobs::settle(tx, &self.lease, settlement).await).await?;
        if !held {
            tracing::warn!(job = %self.job.id, attempt = self.lease.attempt, "a job was settled by another worker");
        }
        Ok(held)
    }

    /// Gives the job back, for whoever takes it next; the attempt does not count.
    ///
    /// # Errors
    /// When the database fails; then the lease runs out and the job is taken again.
    pub async fn give_back(self, app: &App) -> Result<bool> {
        Ok(app.db.write(async |tx| store::jobs::settle(tx, &self.lease, Settlement::GivenBack).await).await?)
    }

    fn settlement(&self, now: Timestamp, outcome: Outcome) -> Settlement {
        let (error, last) = match outcome.0 {
            Ok(()) => return Settlement::Done(now),
            Err(error @ JobError::Outage(_)) => (error, false),
            Err(error @ JobError::Hopeless(_)) => (error, true),
            Err(error @ JobError::Passing(_)) => (error, self.job.attempts >= self.job.max_attempts),
        };
        let (job, kind, attempt) = (self.job.id, &self.job.kind, self.lease.attempt);
        let reason: String = error.to_string().chars().take(REASON_LIMIT).collect();
        let spent = self.job.attempts >= self.job.max_attempts;
        if last {
            tracing::error!(%job, kind, attempt, reason, "a job has failed");
            Settlement::Failed { at: now, reason }
        } else {
            tracing::warn!(%job, kind, attempt, reason, "a job will be tried again");
            // An outage may last longer than all attempts: the last one is given back.
            Settlement::Retry { at: now.plus_seconds(wait_seconds(attempt)), reason, give_back: spent }
        }
    }
}

/// What came of an attempt.
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
