//! Moments: microseconds since 1970 in UTC, given from outside.

use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Timestamp(pub i64);

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Writes moments with milliseconds, whatever they are.
const MILLISECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
/// Outside the calendar's range: no stored time ever is, the form is kept all the same.
const LATEST: &str = "9999-12-31T23:59:59.999Z";

/// How far a device's clock may run ahead of the server's before its times are refused: 5 minutes.
pub const CLOCK_LEEWAY_MICROS: i64 = 5 * 60 * MICROS_PER_SECOND;

impl Timestamp {
    /// The moment so many seconds later (earlier when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    /// The moment so many microseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, `2026-03-01T08:30:00.000Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => MILLISECONDS.timestamp_to_string(&moment),
            Err(_) => LATEST.to_owned(),
        }
    }

    /// Appends the same text.
    pub fn write_rfc3339(self, text: &mut Vec<u8>) {
        let before = text.len();
        let moment = jiff::Timestamp::from_microsecond(self.0);
        if moment.and_then(|moment| MILLISECONDS.print_timestamp(&moment, &mut *text)).is_err() {
            text.truncate(before);
            text.extend_from_slice(LATEST.as_bytes());
        }
    }

    /// The moment on the wall of a time zone, for people: `2026-03-01 16:30`.
    #[must_use]
    pub fn to_local_text(self, zone: &TimeZone) -> String {
        self.in_zone(zone).map_or_else(
            || self.to_rfc3339(),
            |moment| {
                let time = moment.time();
                format!("{} {:02}:{:02}", moment.date(), time.hour(), time.minute())
            },
        )
    }

    /// Reads RFC 3339 with any offset.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let moment = text.parse::<jiff::Timestamp>().ok().map(|moment| Self(moment.as_microsecond()));
        moment.or_else(|| last_days(text))
    }

    /// Reads a moment as apps write it: RFC 3339 with any offset, also with a blank for the T, a comma, digits of any
    /// script, seconds left out, or hours of the morning and the afternoon. A moment without an offset is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_rfc3339(text).or_else(|| Self::from_rfc3339(&plain(text)?))
    }

    /// The moment on the wall of a time zone.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Option<jiff::ZonedDateTime> {
        jiff::Timestamp::from_microsecond(self.0).ok().map(|moment| moment.to_zoned_datetime(zone.clone()))
    }
}

/// The name of a time zone as IANA writes it, whatever the case of its letters; none if there is no such zone.
#[must_use]
pub fn zone_name(text: &str) -> Option<String> {
    TimeZone::get(text.trim()).ok()?.iana_name().map(str::to_owned)
}

/// Most characters of a moment.
const LONGEST_TEXT: usize = 60;

/// The text of a moment in the form of RFC 3339, as far as it differs by the way in which it is written.
fn plain(text: &str) -> Option<String> {
    if text.len() > 4 * LONGEST_TEXT {
        return None;
    }
    let digits = text.trim().chars().map(crate::text::ascii_digit);
    let mut text: String = digits.map(|c| if c == ',' { '.' } else { c.to_ascii_uppercase() }).collect();
    let half = ["AM", "PM"].into_iter().find(|half| text.contains(half));
    if let Some(half) = half {
        text = text.replacen(half, "", 1);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let (date, rest) = match words.as_slice() {
        [one] => one.split_once('T')?,
        [date, rest @ ..] if !date.contains('T') => (*date, &*rest.concat()),
        [first, rest @ ..] => {
            let (date, start) = first.split_once('T')?;
            (date, &*[start, &rest.concat()].concat())
        }
        [] => return None,
    };
    let zone_at = rest.find(['Z', '+', '-', '\u{2212}'])?;
    let (clock, zone) = rest.split_at(zone_at);
    let mut parts = clock.split(':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let hour = match half {
        Some("PM") if hour < 12 => hour + 12,
        Some("AM") if hour == 12 => 0,
        _ => hour,
    };
    let (minute, second) = (parts.next()?, parts.next().unwrap_or("00"));
    Some(format!("{date}T{hour:02}:{minute}:{second}{}", zone.replace('\u{2212}', "-")))
}

/// A moment in UTC of the calendar's last days, which many write for "never": the calendar that we reckon with ends a
/// day earlier, so that it fits every time zone.
fn last_days(text: &str) -> Option<Timestamp> {
    let moment: jiff::civil::DateTime =
        text.strip_suffix('Z').filter(|text| text.starts_with("9999-12-3"))?.parse().ok()?;
    let since = moment.duration_since(jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    i64::try_from(since.as_micros()).ok().map(Timestamp)
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_goes_there_and_back_with_milliseconds() {
        let moment = Timestamp::from_rfc3339("2026-03-01T16:30:00.123456+08:00").expect("valid");
        assert_eq!(moment.to_rfc3339(), "2026-03-01T08:30:00.123Z");
        assert_eq!(Timestamp::from_rfc3339("yesterday"), None);
        let never = Timestamp::from_rfc3339("9999-12-31T23:59:59.999Z").expect("valid");
        assert_eq!(never.to_rfc3339(), "9999-12-31T23:59:59.999Z");
        assert!(never > Timestamp::from_rfc3339("9999-12-30T00:00:00Z").expect("valid"));
        assert_eq!(Timestamp::from_rfc3339("9999-12-32T00:00:00Z"), None);
    }

    #[test]
    fn appended_texts_are_those_of_moments() {
        for micros in [0, 1, -1, 1_772_353_800_123_999, 253_402_300_799_999_999, i64::MAX, i64::MIN] {
            let mut text = b"at ".to_vec();
            Timestamp(micros).write_rfc3339(&mut text);
            assert_eq!(String::from_utf8(text), Ok(format!("at {}", Timestamp(micros).to_rfc3339())));
        }
    }

    #[test]
    fn moments_are_read_as_apps_write_them() {
        let right = Timestamp::from_rfc3339("2026-03-04T09:05:00Z");
        for text in [
            "2026-03-04T09:05:00Z",
            "2026-03-04 09:05:00Z",
            " 2026-03-04t09:05:00z ",
            "2026-03-04T17:05:00+08:00",
            "2026-03-04 17:05 +08:00",
            "2026-03-04 09:05:00,000Z",
            "2026-03-04 09:05 AM Z",
            "2026-03-04T05:05:00 PM+08:00",
            "٢٠٢٦-٠٣-٠٤T٠٩:٠٥:٠٠Z",
            "２０２６-０３-０４T０９:０５:００Z",
            "2026-03-04T06:05:00\u{2212}03:00",
        ] {
            assert_eq!(Timestamp::from_text(text), right, "{text}");
        }
        for text in
            ["2026-03-04 09:05:00", "2026-03-04T09:00:00 PM", "yesterday", "", "2026-03-04", "T", "12:00Z", "🙂"]
        {
            assert_eq!(Timestamp::from_text(text), None, "{text}");
        }
        assert!(Timestamp::from_text("9999-12-31T23:59:59Z").is_some());
    }
}
