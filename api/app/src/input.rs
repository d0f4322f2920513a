//! What the inputs of commands have in common.

use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Refusal, RefusalCode, Timestamp};

/// The device's time of a command: the server's when left out, refused when it lies in the future.
///
/// # Errors
/// `OCCURRED_IN_FUTURE` at `occurredAt`.
pub fn occurred(occurred_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Refusal> {
    match occurred_at {
        Some(moment) if moment.micros_since(now) > CLOCK_LEEWAY_MICROS => {
            Err(Refusal::at(RefusalCode::OccurredInFuture, "occurredAt"))
        }
        Some(moment) => Ok(moment),
        None => Ok(now),
    }
}

/// Checks that the object is still at the version that the caller knew.
///
/// # Errors
/// `STALE_VERSION` at `expectedVersion`.
pub fn check_version(expected: Option<i32>, current: i32) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != current => Err(Refusal::at(RefusalCode::StaleVersion, "expectedVersion")
            .with("expected", expected)
            .with("current", current)),
        _ => Ok(()),
    }
}

/// A field of an update: left out means unchanged, null means cleared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Left out.
    #[default]
    Unchanged,
    /// Null.
    Clear,
    /// A new value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the update.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Unchanged => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
