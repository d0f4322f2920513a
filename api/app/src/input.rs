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

/// What every command on one object names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandHeader<I> {
    /// The object: a defect, a unit inspection, a round or a photo.
    pub target: I,
    /// The version that the caller knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<Timestamp>,
}

impl<I> CommandHeader<I> {
    /// A command on an object in any version, done now.
    #[must_use]
    pub const fn on(target: I) -> Self {
        Self { target, expected_version: None, occurred_at: None }
    }
}

/// The input of a command that needs a reason and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonedCommand<I> {
    /// The object.
    pub header: CommandHeader<I>,
    /// Why, in words.
    pub reason: String,
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
    /// The same change with another type of value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Unchanged => Patch::Unchanged,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)),
        }
    }

    /// The value after the update.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Unchanged => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
