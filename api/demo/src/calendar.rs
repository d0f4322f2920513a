//! The weeks before today, in working days of the project's place: Monday to Saturday.

use app::error::{Error, Result};
use domain::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// The number of working days in the calendar.
const DAYS: usize = 40;

/// The working days before `now`.
pub(super) struct Calendar {
    now: Timestamp,
    zone: TimeZone,
    /// The first is the last working day before today.
    days: Vec<Date>,
}

impl Calendar {
    /// The working days before a moment.
    pub(super) fn before(now: Timestamp, zone: &str) -> Result<Self> {
        let zone = TimeZone::get(zone).map_err(Error::internal)?;
        let today = now.in_zone(&zone).ok_or_else(|| Error::internal("the clock is beyond the calendar"))?.date();
        let earlier = (1_i64..).map_while(|days| today.checked_sub(days.days()).ok());
        let days = earlier.filter(|day| day.weekday() != Weekday::Sunday).take(DAYS).collect();
        Ok(Self { now, zone, days })
    }

    /// The day that lies so many working days before today; 1 is the last one.
    pub(super) fn day(&self, days_ago: usize) -> Result<Date> {
        let day = days_ago.checked_sub(1).and_then(|index| self.days.get(index));
        day.copied().ok_or_else(|| Error::internal(format!("the demo reaches back {days_ago} working days")))
    }

    /// A moment of that day, in minutes since midnight.
    pub(super) fn at(&self, days_ago: usize, minutes: i64) -> Result<Timestamp> {
        let midnight = self.day(days_ago)?.at(0, 0, 0, 0).to_zoned_datetime(self.zone.clone());
        let midnight: Timestamp = midnight.map_err(Error::internal)?.timestamp().into();
        Ok(midnight.plus_seconds(minutes * 60))
    }

    /// So many minutes ago.
    pub(super) const fn ago(&self, minutes: i64) -> Timestamp {
        self.now.plus_seconds(-60 * minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_skip_sundays_and_come_before_today() {
        let now = Timestamp::from_rfc3339("2026-03-02T09:00:00+08:00").expect("a Monday");
        let calendar = Calendar::before(now, "Asia/Shanghai").expect("a calendar");
        let at = |days, minutes| calendar.at(days, minutes).expect("a moment").to_rfc3339();
        assert_eq!(at(1, 9 * 60), "2026-02-28T01:00:00.000Z", "Saturday");
        assert_eq!(at(7, 0), "2026-02-20T16:00:00.000Z", "the Saturday before");
        assert!(calendar.at(0, 0).is_err() && calendar.at(DAYS + 1, 0).is_err());
        assert_eq!(calendar.ago(60).to_rfc3339(), "2026-03-02T00:00:00.000Z");
    }
}
