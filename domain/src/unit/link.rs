//! Owners' links: for how long a link and a code are good, and how many codes a person and an address get.

use crate::text::ascii_digit;
use crate::time::Timestamp;

/// How long a link is good: 30 days.
pub const LINK_SECONDS: i64 = 30 * 24 * 60 * 60;
/// How long a code is good: 5 minutes.
pub const CODE_SECONDS: i64 = 5 * 60;
/// How many guesses are compared with a code.
pub const CODE_TRIES: i32 = 5;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;

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

/// A code as a person types it, as its digits; none for a text that cannot be a code. Digits of any script count, and
/// blanks and hyphens between them do not.
#[must_use]
pub fn read_code(text: &str) -> Option<String> {
    if text.len() > 100 {
        return None;
    }
    let digits = text.chars().map(ascii_digit).filter(|c| !c.is_whitespace() && *c != '-');
    let digits: String = digits.collect();
    (digits.len() == CODE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
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

    #[test]
    fn a_code_is_six_digits_however_they_are_typed() {
        for text in ["123456", " 123 456 ", "123-456", "１２３４５６", "١٢٣٤٥٦"] {
            assert_eq!(read_code(text).as_deref(), Some("123456"), "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "+123456", "123.456", &"1".repeat(1_000)] {
            assert_eq!(read_code(text), None, "{text}");
        }
    }
}
