//! When a repair is due, and whether it is overdue.

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::codes::{DefectStatus, Severity};
use crate::policy::Policy;
use crate::time::Timestamp;

/// The due time: `from` plus days in the project's time zone, at the same time of day, days off skipped by policy.
///
/// The days are the defect type's, or else the policy's for the severity. `None` only beyond the calendar's end.
#[must_use]
pub fn due_at(
    from: Timestamp,
    type_days: Option<u32>,
    severity: Severity,
    policy: &Policy,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let days = type_days.or_else(|| policy.days_by_severity.get(&severity).copied()).unwrap_or(7);
    let start = from.in_zone(zone)?;
    let mut day = start.date();
    let mut left = days;
    // A calendar with years of nothing but days off ends the search instead of hanging it.
    let mut steps = 0;
    while left > 0 && steps < 20_000 {
        day = day.checked_add(1.day()).ok()?;
        steps += 1;
        if policy.counts(day) {
            left -= 1;
        }
    }
    let due = day.to_datetime(start.time()).to_zoned_datetime(zone.clone()).ok()?;
    Some(due.timestamp().into())
}

/// Whether a repair is late: the clock runs, and the due time has passed.
#[must_use]
pub fn is_overdue(
    status: DefectStatus,
    due_at: Option<Timestamp>,
    clock_stopped_at: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    status.is_to_do() && clock_stopped_at.is_none() && due_at.is_some_and(|due| due < now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("bundled")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("valid")
    }

    #[test]
    fn days_off_do_not_count_when_the_policy_says_so() {
        let friday_evening = at("2026-03-06T18:00:00+08:00");
        let plain = Policy::default();
        let due = due_at(friday_evening, Some(2), Severity::Minor, &plain, &zone());
        assert_eq!(due, Some(at("2026-03-08T18:00:00+08:00")));

        let monday = "2026-03-09".parse().expect("date");
        let saturday = "2026-03-07".parse().expect("date");
        let skipping =
            Policy { skip_days_off: true, holidays: vec![monday], working_days: vec![saturday], ..Policy::default() };
        // Saturday is worked, Sunday is off, Monday is a holiday, so the second day is Tuesday.
        let due = due_at(friday_evening, Some(2), Severity::Minor, &skipping, &zone());
        assert_eq!(due, Some(at("2026-03-10T18:00:00+08:00")));
    }

    #[test]
    fn severity_decides_where_the_type_says_nothing() {
        let from = at("2026-03-01T00:00:00Z");
        let due = due_at(from, None, Severity::Critical, &Policy::default(), &zone());
        assert_eq!(due, Some(at("2026-03-04T00:00:00Z")));
    }

    #[test]
    fn overdue_needs_a_running_clock() {
        let due = Some(at("2026-03-01T00:00:00Z"));
        let now = at("2026-03-02T00:00:00Z");
        for &status in DefectStatus::ALL {
            assert_eq!(is_overdue(status, due, None, now), status.is_to_do(), "{status}");
            assert!(!is_overdue(status, due, Some(now), now), "{status} with the clock stopped");
        }
    }
}
