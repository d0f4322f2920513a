//! The header of a movie or of a track's media, with its times.

use super::boxes::Numbers;

/// The header of a movie, or of a track's media.
pub(super) struct TimedHead {
    /// The time of creation, in seconds since 1904, UTC.
    pub(super) created: u64,
    /// The number of time units in a second.
    pub(super) scale: u32,
    pub(super) duration: Option<u64>,
}

impl TimedHead {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut head = Numbers::full(body)?;
        let created = head.time()?;
        head.time()?;
        let scale = head.word()?;
        Some(Self { created, scale, duration: head.known_time().flatten() })
    }
}

/// Converts time units to milliseconds.
pub(super) fn milliseconds(units: u64, scale: u32) -> Option<u64> {
    let exact = (u128::from(units) * 1_000 + u128::from(scale) / 2).checked_div(scale.into())?;
    Some(u64::try_from(exact).unwrap_or(u64::MAX))
}
