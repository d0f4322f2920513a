//! Jobs: work after a commit. A job is a row that is written with the change that causes it, and run by a runner.
//!
//! A job may run twice (the machine may die between its effect and its acknowledgement), so every handler is
//! idempotent. A job is never lost: its worker holds a lease, and when the lease expires another worker takes the job.

mod attempt;
mod handle;
mod job;
mod runner;

pub use attempt::{LeasedJob, lease_next};
pub use job::{JobError, JobKind, JobNotifier, MAX_ATTEMPTS, PAYLOAD_VERSION};
pub use runner::run_due_except;
pub use runner::{JobRunner, run_due};
