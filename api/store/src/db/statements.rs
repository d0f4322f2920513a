//! Counting the statements that are sent, so that a test can tell when one more row means one
//! more statement; and telling of slow ones.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::DatabaseConnection;

/// A statement that takes this long is logged.
const SLOW: Duration = Duration::from_millis(500);

/// The statements sent through one [`Db`](super::Db) and its clones. `BEGIN` and `COMMIT` do not
/// count.
#[derive(Clone, Default)]
pub struct Statements(Arc<Inner>);

#[derive(Default)]
struct Inner {
    count: AtomicU64,
    /// How many [`Recording`]s are open; nothing is kept while there is none.
    recordings: AtomicU64,
    texts: Mutex<Vec<String>>,
}

impl Statements {
    /// How many there were since the handle was opened.
    pub fn count(&self) -> u64 {
        self.0.count.load(Ordering::Relaxed)
    }

    /// Keeps the text of the statements until the recording is dropped.
    pub fn record(&self) -> Recording {
        let start = self.texts().len();
        self.0.recordings.fetch_add(1, Ordering::Relaxed);
        Recording { statements: self.clone(), start }
    }

    pub(super) fn watch(&self, connection: &mut DatabaseConnection) {
        let statements = self.clone();
        connection.set_metric_callback(move |info| {
            statements.saw(&info.statement.sql, info.elapsed);
        });
    }

    fn saw(&self, sql: &str, elapsed: Duration) {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        if self.0.recordings.load(Ordering::Relaxed) > 0 {
            self.texts().push(sql.to_owned());
        }
        if elapsed >= SLOW {
            // The text only: the values are people's data.
            let elapsed_ms = elapsed.as_millis();
            tracing::warn!(elapsed_ms, sql, "slow statement");
        }
    }

    fn texts(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statements sent since it was made.
pub struct Recording {
    statements: Statements,
    start: usize,
}

impl Recording {
    /// The texts, in the order in which they were answered.
    pub fn texts(&self) -> Vec<String> {
        self.statements.texts()[self.start..].to_vec()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.statements.0.recordings.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.statements.texts().clear();
        }
    }
}
