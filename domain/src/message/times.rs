//! Times of day at which a person gets messages: the digest's, and quiet hours, on the wall of the person's time zone.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;
use crate::words::Phrase;

const MINUTES_PER_DAY: i32 = 24 * 60;
/// What a time of day looks like.
const SHAPE: Phrase = ("write the time as 07:30, from 00:00 to 23:59", "请将时间写成 07:30 的形式，从 00:00 到 23:59");

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(i32);

impl TimeOfDay {
    /// When a digest is sent to somebody who has said nothing else.
    pub const USUAL: Self = Self(7 * 60 + 30);

    /// Reads `07:30`.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `field`.
    pub fn read(text: &str, field: &str) -> Result<Self, Refusal> {
        let minutes = minutes_of(text.trim());
        minutes.map(Self).ok_or_else(|| Refusal::at(RefusalCode::InvalidValue, field).because(SHAPE.0, SHAPE.1))
    }

    /// The time of so many minutes since midnight, as it is stored.
    #[must_use]
    pub const fn of_minutes(minutes: i32) -> Self {
        Self(minutes.rem_euclid(MINUTES_PER_DAY))
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> i32 {
        self.0
    }

    /// The moment of this time on a day. An hour that a day does not have, because clocks are put forward, is the hour
    /// behind it.
    fn on(self, day: Date, zone: &TimeZone) -> Option<Timestamp> {
        let [hour, minute] = [self.0 / 60, self.0 % 60].map(i8::try_from);
        let time = Time::new(hour.ok()?, minute.ok()?, 0, 0).ok()?;
        Some(day.to_datetime(time).to_zoned_datetime(zone.clone()).ok()?.timestamp().into())
    }

    /// The newest moment of this time up to now; none outside of the calendar.
    #[must_use]
    pub fn last_before(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = now.in_zone(zone)?.date();
        let moments = [Some(today), today.checked_sub(1.day()).ok()];
        moments.into_iter().flatten().filter_map(|day| self.on(day, zone)).find(|moment| *moment <= now)
    }

    /// The first moment of this time from now on; none outside of the calendar.
    #[must_use]
    pub fn next_after(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = now.in_zone(zone)?.date();
        let moments = [Some(today), today.checked_add(1.day()).ok()];
        moments.into_iter().flatten().filter_map(|day| self.on(day, zone)).find(|moment| *moment >= now)
    }
}

/// `07:30`.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

fn minutes_of(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| -> Option<i32> {
        let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The hours of a day in which messages that can wait are not sent. They may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// Where they begin.
    pub from: TimeOfDay,
    /// Where they end.
    pub until: TimeOfDay,
}

impl QuietHours {
    /// The end of the quiet hours in which the moment lies; none for another moment.
    #[must_use]
    pub fn end(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let wall = now.in_zone(zone)?.time();
        let now_is = TimeOfDay(i32::from(wall.hour()) * 60 + i32::from(wall.minute()));
        let is_quiet = if self.from <= self.until {
            (self.from..self.until).contains(&now_is)
        } else {
            now_is >= self.from || now_is < self.until
        };
        if is_quiet { self.until.next_after(now, zone) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("valid")
    }

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("bundled")
    }

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::read(text, "at").expect("a time")
    }

    #[test]
    fn a_time_goes_there_and_back_and_nothing_else_is_one() {
        for text in ["00:00", "07:30", "23:59"] {
            assert_eq!(time(text).to_string(), text);
            assert_eq!(TimeOfDay::of_minutes(time(text).minutes()), time(text));
        }
        assert_eq!(time(" 7:05 ").to_string(), "07:05");
        for text in ["", "7", "24:00", "12:60", "12:5", "-1:00", "07:30:00", "+7:30", "七点", "123:00"] {
            let refused = TimeOfDay::read(text, "at").map_err(|refusal| refusal.code);
            assert_eq!(refused, Err(RefusalCode::InvalidValue), "{text}");
        }
    }

    #[test]
    fn the_last_and_the_next_moment_lie_around_now() {
        // 07:30 in Shanghai is 23:30 of the day before in UTC.
        for (now, last, next) in [
            ("2026-03-01T23:29:00Z", "2026-02-28T23:30:00Z", "2026-03-01T23:30:00Z"),
            ("2026-03-01T23:30:00Z", "2026-03-01T23:30:00Z", "2026-03-01T23:30:00Z"),
            ("2026-03-02T10:00:00Z", "2026-03-01T23:30:00Z", "2026-03-02T23:30:00Z"),
        ] {
            assert_eq!(TimeOfDay::USUAL.last_before(at(now), &shanghai()), Some(at(last)), "{now}");
            assert_eq!(TimeOfDay::USUAL.next_after(at(now), &shanghai()), Some(at(next)), "{now}");
        }
    }

    #[test]
    fn quiet_hours_end_in_the_morning() {
        let night = QuietHours { from: time("21:00"), until: time("07:00") };
        let noon = QuietHours { from: time("12:00"), until: time("14:00") };
        for (hours, now, end) in [
            (night, "2026-03-01T13:00:00Z", Some("2026-03-01T23:00:00Z")),
            (night, "2026-03-01T22:59:00Z", Some("2026-03-01T23:00:00Z")),
            (night, "2026-03-01T23:00:00Z", None),
            (night, "2026-03-01T12:59:00Z", None),
            (noon, "2026-03-01T04:30:00Z", Some("2026-03-01T06:00:00Z")),
            (noon, "2026-03-01T06:00:00Z", None),
        ] {
            assert_eq!(hours.end(at(now), &shanghai()), end.map(at), "{hours:?} {now}");
        }
        let never = QuietHours { from: time("08:00"), until: time("08:00") };
        assert_eq!(never.end(at("2026-03-01T00:00:00Z"), &shanghai()), None);
    }

    #[test]
    fn an_hour_that_clocks_skip_is_the_one_behind_it() {
        let berlin = TimeZone::get("Europe/Berlin").expect("bundled");
        let skipped = time("02:30").next_after(at("2026-03-29T00:00:00Z"), &berlin);
        assert_eq!(skipped, Some(at("2026-03-29T01:30:00Z")));
    }
}
