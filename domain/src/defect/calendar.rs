//! Working time: the time on days that count towards a due time, in the project's time zone.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::policy::Policy;
use crate::time::Timestamp;

/// A calendar with years of nothing but days off ends a search after this many days instead of hanging it.
const DAYS_LIMIT: usize = 20_000;

/// The project's policy of days off together with its time zone.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    policy: &'a Policy,
    zone: &'a TimeZone,
}

impl<'a> Calendar<'a> {
    /// The calendar of a project.
    #[must_use]
    pub const fn new(policy: &'a Policy, zone: &'a TimeZone) -> Self {
        Self { policy, zone }
    }

    /// The moment `days` counted days after `from`, at the same time of day. `None` only beyond the calendar's end.
    #[must_use]
    pub fn after_days(&self, from: Timestamp, days: u32) -> Option<Timestamp> {
        let start = from.in_zone(self.zone)?;
        let (mut day, mut left) = (start.date(), days);
        for _ in 0..DAYS_LIMIT {
            if left == 0 {
                break;
            }
            day = day.checked_add(1.day()).ok()?;
            left -= u32::from(self.policy.counts(day));
        }
        self.at(day, start.time())
    }

    /// Microseconds of working time from one moment to another; negative when `to` lies before `from`.
    #[must_use]
    pub fn working_micros(&self, from: Timestamp, to: Timestamp) -> i64 {
        if !self.policy.skip_days_off {
            return to.micros_since(from);
        }
        if to < from {
            return -self.working_micros(to, from);
        }
        let mut worked = 0;
        let mut begin = from;
        for day in self.days_from(from) {
            let Some(end) = self.end_of(day) else { break };
            if self.policy.counts(day) {
                worked += to.min(end).micros_since(begin);
            }
            if to <= end {
                break;
            }
            begin = end;
        }
        worked
    }

    /// The moment after so much working time; before it when negative. It always lies on a day that counts.
    #[must_use]
    pub fn plus_working(&self, from: Timestamp, micros: i64) -> Timestamp {
        if !self.policy.skip_days_off {
            return from.plus_micros(micros);
        }
        let moment = if micros < 0 { self.back(from, -micros) } else { self.forward(from, micros) };
        moment.unwrap_or_else(|| from.plus_micros(micros))
    }

    fn forward(&self, from: Timestamp, mut left: i64) -> Option<Timestamp> {
        let mut begin = from;
        for day in self.days_from(from) {
            let end = self.end_of(day)?;
            if self.policy.counts(day) {
                let there = end.micros_since(begin);
                // What ends with the last working day before days off ends, said as a moment, when the next one begins.
                if left < there {
                    return Some(begin.plus_micros(left));
                }
                left -= there;
            }
            begin = end;
        }
        None
    }

    fn back(&self, from: Timestamp, mut left: i64) -> Option<Timestamp> {
        let mut end = from;
        let mut day = from.in_zone(self.zone)?.date();
        for _ in 0..DAYS_LIMIT {
            let begin = self.at(day, Time::midnight())?;
            if self.policy.counts(day) {
                let there = end.micros_since(begin);
                if left <= there {
                    return Some(end.plus_micros(-left));
                }
                left -= there;
            }
            end = begin;
            day = day.checked_sub(1.day()).ok()?;
        }
        None
    }

    /// The day of a moment, and those after it.
    fn days_from(&self, from: Timestamp) -> impl Iterator<Item = Date> + use<> {
        let first = from.in_zone(self.zone).map(|moment| moment.date());
        std::iter::successors(first, |day| day.checked_add(1.day()).ok()).take(DAYS_LIMIT)
    }

    fn end_of(&self, day: Date) -> Option<Timestamp> {
        self.at(day.checked_add(1.day()).ok()?, Time::midnight())
    }

    fn at(&self, day: Date, time: Time) -> Option<Timestamp> {
        let moment = day.to_datetime(time).to_zoned_datetime(self.zone.clone()).ok()?;
        Some(moment.timestamp().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("valid")
    }

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("bundled")
    }

    fn skipping() -> Policy {
        Policy { skip_days_off: true, ..Policy::default() }
    }

    #[test]
    fn days_off_hold_no_working_time() {
        let (policy, zone) = (skipping(), zone());
        let calendar = Calendar::new(&policy, &zone);
        let (friday, monday) = (at("2026-03-06T18:00:00+08:00"), at("2026-03-09T10:00:00+08:00"));
        let hours = |hours: i64| hours * 3_600_000_000;
        assert_eq!(calendar.working_micros(friday, monday), hours(16));
        assert_eq!(calendar.working_micros(monday, friday), -hours(16));
        assert_eq!(calendar.plus_working(friday, hours(16)), monday);
        assert_eq!(calendar.plus_working(monday, -hours(16)), friday);
        // Saturday noon is as far from Monday morning as Sunday noon.
        for day in ["2026-03-07T12:00:00+08:00", "2026-03-08T12:00:00+08:00"] {
            assert_eq!(calendar.working_micros(at(day), monday), hours(10), "{day}");
            assert_eq!(calendar.plus_working(at(day), hours(10)), monday, "{day}");
        }
        // The last hour of Friday ends, said as a moment, on Monday.
        assert_eq!(calendar.plus_working(friday, hours(6)), at("2026-03-09T00:00:00+08:00"));
    }

    #[test]
    fn working_time_there_and_back_again_is_the_same() {
        let (policy, zone) = (skipping(), zone());
        for policy in [&policy, &Policy::default()] {
            let calendar = Calendar::new(policy, &zone);
            for hour in 0..400 {
                let from = at("2026-03-06T03:30:00+08:00").plus_seconds(hour * 3_600);
                for step in [-700_i64, -90, -1, 0, 1, 25, 49, 170, 900] {
                    let micros = step * 3_600_000_000;
                    let to = calendar.plus_working(from, micros);
                    assert_eq!(calendar.working_micros(from, to), micros, "{from:?} and {step} hours");
                    let day = to.in_zone(&zone).expect("a moment").date();
                    assert!(policy.counts(day), "{to:?} lies on a day off");
                }
            }
        }
    }
}
