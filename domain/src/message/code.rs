//! Codes of six digits that are sent to a person: how long they are good, how often they may be tried and sent.

use crate::time::Timestamp;

/// How long a code is good: 5 minutes.
pub const GOOD_MINUTES: i64 = 5;
/// How often a code may be tried.
pub const TRIES: i32 = 5;
/// How many codes are sent to a person over one channel in 24 hours.
pub const PER_DAY: i32 = 10;
/// The pause between two codes.
const PAUSE_SECONDS: i64 = 30;
/// How long sent codes count.
const WINDOW_SECONDS: i64 = 24 * 60 * 60;
/// How many codes there are.
const CODES: u32 = 1_000_000;

/// What is known of the codes that were sent to a person over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCodes {
    /// When the first of those that count was sent.
    pub since: Timestamp,
    /// When the last one was sent.
    pub last: Timestamp,
    /// How many count.
    pub count: i32,
}

/// The codes sent with one more, sent now.
///
/// # Errors
/// After how many seconds the next one may be sent.
pub fn with_another(sent: Option<SentCodes>, now: Timestamp) -> Result<SentCodes, i64> {
    let first = SentCodes { since: now, last: now, count: 1 };
    let Some(sent) = sent.filter(|sent| now < sent.since.plus_seconds(WINDOW_SECONDS)) else { return Ok(first) };
    let seconds_until = |moment: Timestamp| (moment.micros_since(now) + 999_999) / 1_000_000;
    if sent.count >= PER_DAY {
        return Err(seconds_until(sent.since.plus_seconds(WINDOW_SECONDS)));
    }
    let next = sent.last.plus_seconds(PAUSE_SECONDS);
    if now < next {
        return Err(seconds_until(next));
    }
    Ok(SentCodes { last: now, count: sent.count + 1, ..sent })
}

/// The code of a random number; none for a number that would make some codes likelier than others.
#[must_use]
pub fn of_random(number: u32) -> Option<String> {
    let fair = u32::MAX - u32::MAX % CODES;
    (number < fair).then(|| format!("{:06}", number % CODES))
}

/// A code as a person may type it: without blanks and hyphens, digits of any script as ASCII; none for anything that is
/// not six digits.
#[must_use]
pub fn read(text: &str) -> Option<String> {
    let digits: String =
        text.chars().map(crate::text::ascii_digit).filter(|c| !c.is_whitespace() && *c != '-').take(7).collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_codes_are_sent_in_a_day_with_pauses() {
        let mut now = Timestamp(1_772_409_600_000_000);
        let mut sent = None;
        for count in 1..=PER_DAY {
            sent = Some(with_another(sent, now).expect("a code"));
            assert_eq!(sent.map(|sent| sent.count), Some(count));
            assert_eq!(
                with_another(sent, now.plus_seconds(1)),
                Err(if count < PER_DAY { 29 } else { 86_400 - 31 * 9 - 1 })
            );
            now = now.plus_seconds(31);
        }
        let since = sent.expect("codes").since;
        assert_eq!(with_another(sent, since.plus_seconds(86_399)), Err(1));
        assert_eq!(with_another(sent, since.plus_seconds(86_400)).map(|sent| sent.count), Ok(1));
    }

    #[test]
    fn every_code_is_as_likely_as_any_other() {
        assert_eq!(of_random(0).as_deref(), Some("000000"));
        assert_eq!(of_random(4_294_000_042), None);
        assert_eq!(of_random(4_293_999_999).as_deref(), Some("999999"));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(read(" 271 828 ").as_deref(), Some("271828"));
        assert_eq!(read("２７１-８２８").as_deref(), Some("271828"));
        for wrong in ["", "27182", "2718281", "27182a", "271828 271828"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
