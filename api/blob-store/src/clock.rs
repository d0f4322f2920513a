//! The clock that dates links: the machine's, also in tests of the server, because every store checks links by its own
//! clock. Tests of this package use a fixed clock.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// A source of the current time.
#[derive(Debug)]
pub(crate) enum Clock {
    /// The machine's clock.
    System,
    /// A clock that shows a fixed time until it is moved, in seconds since 1970.
    #[cfg(test)]
    Fixed(AtomicU64),
}

impl Clock {
    /// Seconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "the one place of this package that reads the machine's clock")]
    pub(crate) fn seconds(&self) -> u64 {
        match self {
            Self::System => {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since_1970| since_1970.as_secs())
            }
            #[cfg(test)]
            Self::Fixed(moment) => moment.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock forward.
    #[cfg(test)]
    pub(crate) fn advance_seconds(&self, seconds: u64) {
        if let Self::Fixed(moment) = self {
            moment.fetch_add(seconds, Ordering::SeqCst);
        }
    }
}
