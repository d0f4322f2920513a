//! Moments: microseconds since 1970 in UTC, given from outside.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Timestamp(pub i64);

const MICROS_PER_SECOND: i64 = 1_000_000;

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
            Ok(moment) => format!("{moment:.3}"),
            // Outside the calendar's range: no stored time ever is, the form is kept all the same.
            Err(_) => "9999-12-31T23:59:59.999Z".to_owned(),
        }
    }

    /// Reads RFC 3339 with any offset.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let moment = text.parse::<jiff::Timestamp>().ok().map(|moment| Self(moment.as_microsecond()));
        moment.or_else(|| last_days(text))
    }

    /// The moment on the wall of a time zone.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Option<jiff::ZonedDateTime> {
        jiff::Timestamp::from_microsecond(self.0).ok().map(|moment| moment.to_zoned_datetime(zone.clone()))
    }
}

/// A moment in UTC of the calendar's last days, which many write for "never": the calendar that we reckon with ends a day
/// earlier, so that it fits every time zone.
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
}
