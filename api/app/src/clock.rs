//! Time and ids, injected so that tests can hold them still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::Timestamp;
use uuid::Uuid;

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands until it is moved.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `moment`.
    #[must_use]
    pub fn fixed(moment: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(moment.0)))
    }

    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => jiff::Timestamp::now().into(),
            Self::Fixed(moment) => Timestamp(moment.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock on; the machine's clock goes by itself.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Fixed(moment) = self {
            moment.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }
}

/// Where ids of what the server itself creates come from.
#[derive(Debug, Clone, Default)]
pub enum Ids {
    /// Version 7 by the machine's clock and chance.
    #[default]
    Random,
    /// Version 7 in form, counted up: the same in each run of a test.
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// A new id.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn next<I: From<Uuid>>(&self) -> I {
        I::from(match self {
            Self::Random => Uuid::now_v7(),
            Self::Counted(counter) => {
                let n = counter.fetch_add(1, Ordering::SeqCst);
                uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000 + n, &[0; 10]).into_uuid()
            }
        })
    }
}
