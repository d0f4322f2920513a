//! Interrupting statements on SQLite that take too long, as PostgreSQL does by its `statement_timeout`.
//!
//! SQLite calls a handler every few thousand steps of a running statement. The handler compares the time with the
//! deadline of the statement, and breaks it off behind that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::SqliteConnection;

/// Steps of SQLite's virtual machine between two looks at the clock: well under a millisecond.
const STEPS: i32 = 4_000;
/// A deadline that never comes.
const NEVER: u64 = u64::MAX;

/// The deadline of what runs on one connection. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Deadline(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Since when the milliseconds count.
    start: Instant,
    limit: Duration,
    millis: AtomicU64,
}

impl Deadline {
    pub(super) fn new(limit: Duration) -> Self {
        Self(Arc::new(Inner { start: Instant::now(), limit, millis: AtomicU64::new(NEVER) }))
    }

    /// A statement begins.
    pub(super) fn begin(&self) {
        let end = self.0.start.elapsed() + self.0.limit;
        self.0.millis.store(u64::try_from(end.as_millis()).unwrap_or(NEVER), Ordering::Relaxed);
    }

    /// The statement has ended.
    pub(super) fn end(&self) {
        self.0.millis.store(NEVER, Ordering::Relaxed);
    }

    /// Interrupts the statement, because its caller has gone.
    pub(super) fn stop(&self) {
        self.0.millis.store(0, Ordering::Relaxed);
    }

    fn has_come(&self) -> bool {
        let deadline = self.0.millis.load(Ordering::Relaxed);
        deadline != NEVER && self.0.start.elapsed().as_millis() >= u128::from(deadline)
    }

    /// Lets SQLite ask on this connection.
    pub(super) async fn watch(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let deadline = self.clone();
        connection.lock_handle().await?.set_progress_handler(STEPS, move || !deadline.has_come());
        Ok(())
    }
}
