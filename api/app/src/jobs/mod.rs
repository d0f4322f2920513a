//! Work after a commit: jobs are rows written with the change that causes them, and done by a runner.
//!
//! A job may be done twice (the machine may die between its effect and the note of it), so every handler is
//! idempotent. A job is never lost: whoever took it holds a lease, and when that runs out another takes it again.

mod attempt;
mod handle;
mod job;
mod runner;

pub use attempt::{Taken, take};
pub use job::{JobError, JobKind, MAX_ATTEMPTS, PAYLOAD_VERSION, Signals};
pub use runner::run_due_but;
pub use runner::{JobRunner, run_due};
