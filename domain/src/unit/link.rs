//! Owners' links: for how long a link is good, and how many codes a person and an address get. How codes look, and for how
//! long and how many guesses they are good, is in [`crate::message::code`].

use crate::time::Timestamp;

/// How long a link is good: 30 days.
pub const LINK_SECONDS: i64 = 30 * 24 * 60 * 60;

/// How many codes are sent within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeQuota {
    /// The most codes.
    pub codes: usize,
    /// Within so many seconds.
    pub seconds: i64,
}

/// The codes of a person: 10 in 24 hours, by whatever links.
pub const OF_PERSON: CodeQuota = CodeQuota { codes: 10, seconds: 24 * 60 * 60 };
/// The codes that a network address asks for: 20 in an hour, for whatever people.
pub const OF_ADDRESS: CodeQuota = CodeQuota { codes: 20, seconds: 60 * 60 };

impl CodeQuota {
    /// The start of the time that counts now.
    #[must_use]
    pub const fn since(self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-self.seconds)
    }

    /// In how many seconds the next code may be sent; none if it may be sent now. `sent` are the times of the codes
    /// that were sent within the time that counts, in any order.
    #[must_use]
    pub fn wait_seconds(self, sent: &[Timestamp], now: Timestamp) -> Option<i64> {
        let mut counted: Vec<Timestamp> = sent.iter().copied().filter(|at| *at > self.since(now)).collect();
        // The newest first: the code after which there is room again.
        counted.sort_unstable_by(|one, other| other.cmp(one));
        let oldest = counted.get(self.codes.checked_sub(1)?)?;
        Some(seconds_until(oldest.plus_seconds(self.seconds), now))
    }
}

/// Whole seconds from now to a moment in the future, rounded up; at least 1.
#[must_use]
pub const fn seconds_until(moment: Timestamp, now: Timestamp) -> i64 {
    let seconds = (moment.micros_since(now) + 999_999).div_euclid(1_000_000);
    if seconds < 1 { 1 } else { seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_gets_ten_codes_in_any_day() {
        let now = Timestamp(0).plus_seconds(1_000_000);
        let sent = |count: i64| -> Vec<Timestamp> { (1..=count).map(|n| now.plus_seconds(-600 * n)).collect() };
        assert_eq!(OF_PERSON.wait_seconds(&sent(9), now), None);
        // The oldest of ten was sent 6,000 s ago.
        assert_eq!(OF_PERSON.wait_seconds(&sent(10), now), Some(86_400 - 6_000));
        // Of twelve, the tenth newest makes room.
        assert_eq!(OF_PERSON.wait_seconds(&sent(12), now), Some(86_400 - 6_000));
        let later = now.plus_seconds(86_400 - 6_000);
        assert_eq!(OF_PERSON.wait_seconds(&sent(10), later), None);
        assert_eq!(OF_PERSON.wait_seconds(&sent(10), later.plus_micros(-1)), Some(1));
    }
}
