//! When a repair is due, and whether it is overdue.

use super::calendar::Calendar;
use super::codes::{DefectStatus, Severity};
use crate::policy::Policy;
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;

/// Days to repair where neither type nor policy says anything.
const DEFAULT_DAYS: u32 = 7;

/// What a defect type says of its repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeTerm {
    /// How bad a defect of the type usually is.
    pub severity: Severity,
    /// Days to repair a defect of that severity.
    pub days: u32,
}

/// Days to repair: the type's for its usual severity, the policy's for every other severity and for unknown types.
#[must_use]
pub fn days_to_repair(kind: Option<TypeTerm>, severity: Severity, policy: &Policy) -> u32 {
    match kind {
        Some(kind) if kind.severity == severity => kind.days,
        kind => {
            let by_severity = policy.days_by_severity.get(&severity).copied();
            by_severity.or(kind.map(|kind| kind.days)).unwrap_or(DEFAULT_DAYS)
        }
    }
}

/// The due time after type or severity have changed: the assignment plus the new days, and at least one working day
/// from now, or from the moment when the clock stopped.
#[must_use]
pub fn changed_due_at(
    calendar: Calendar<'_>,
    assigned_at: Timestamp,
    days: u32,
    clock_stopped_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let soonest = calendar.after_days(clock_stopped_at.unwrap_or(now), 1);
    calendar.after_days(assigned_at, days).max(soonest)
}

/// How far ahead a due time may lie, in years.
const FARTHEST_YEARS: i64 = 10;
/// A year in seconds, leap days counted.
const YEAR_SECONDS: i64 = 31_557_600;

/// Whether a repair may be due at a moment that a person names.
///
/// # Errors
/// `INVALID_VALUE` at `dueAt` for a moment in the past, or more than 10 years ahead.
pub fn check_due_at(due_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let wrong = Refusal::at(RefusalCode::InvalidValue, "dueAt");
    if due_at <= now {
        return Err(wrong.because("it lies in the past", "时间已过"));
    }
    if due_at > now.plus_seconds(FARTHEST_YEARS * YEAR_SECONDS) {
        let en = format!("it lies more than {FARTHEST_YEARS} years ahead");
        return Err(wrong.because(&en, &format!("时间超过 {FARTHEST_YEARS} 年之后")));
    }
    Ok(())
}

/// Whether a repair is late: it is to be done, or disputed, and its due time had passed when the clock stopped, or has
/// passed if the clock runs. A hold or a dispute takes nothing back.
#[must_use]
pub fn is_overdue(
    status: DefectStatus,
    due_at: Option<Timestamp>,
    clock_stopped_at: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    DefectStatus::MAY_BE_OVERDUE.contains(&status)
        && due_at.is_some_and(|due| due < clock_stopped_at.map_or(now, |stopped| stopped.min(now)))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

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
        let (plain, zone) = (Policy::default(), zone());
        let due = Calendar::new(&plain, &zone).after_days(friday_evening, 2);
        assert_eq!(due, Some(at("2026-03-08T18:00:00+08:00")));
        let monday = "2026-03-09".parse().expect("date");
        let saturday = "2026-03-07".parse().expect("date");
        let skipping =
            Policy { skip_days_off: true, holidays: vec![monday], working_days: vec![saturday], ..Policy::default() };
        // Saturday is worked, Sunday is off, Monday is a holiday, so the second day is Tuesday.
        let due = Calendar::new(&skipping, &zone).after_days(friday_evening, 2);
        assert_eq!(due, Some(at("2026-03-10T18:00:00+08:00")));
    }

    #[test]
    fn the_type_decides_for_its_usual_severity_and_the_policy_for_every_other() {
        let policy = Policy::default();
        let kind = Some(TypeTerm { severity: Severity::Minor, days: 30 });
        for (severity, days) in
            [(Severity::Critical, 3), (Severity::Major, 7), (Severity::Minor, 30), (Severity::Cosmetic, 15)]
        {
            assert_eq!(days_to_repair(kind, severity, &policy), days, "{severity}");
        }
        assert_eq!(days_to_repair(None, Severity::Minor, &policy), 10);
        let silent = Policy { days_by_severity: std::collections::BTreeMap::new(), ..Policy::default() };
        assert_eq!(days_to_repair(kind, Severity::Critical, &silent), 30);
        assert_eq!(days_to_repair(None, Severity::Critical, &silent), DEFAULT_DAYS);
    }

    #[test]
    fn a_due_time_lies_within_ten_years() {
        let now = at("2026-03-01T00:00:00Z");
        let why = |due: &str| check_due_at(at(due), now).err().map(|refusal| refusal.message(crate::Language::En));
        for good in ["2026-03-01T00:00:01Z", "2036-02-28T00:00:00Z"] {
            assert_eq!(why(good), None, "{good}");
        }
        for (due, part) in [
            ("2026-03-01T00:00:00Z", "in the past"),
            ("1970-01-01T00:00:00Z", "in the past"),
            ("2036-03-02T00:00:00Z", "10 years"),
            ("9999-12-31T23:59:59Z", "10 years"),
        ] {
            assert!(why(due).is_some_and(|told| told.contains(part)), "{due}");
        }
    }

    #[test]
    fn a_change_leaves_at_least_one_working_day() {
        let (policy, zone) = (Policy { skip_days_off: true, ..Policy::default() }, zone());
        let calendar = Calendar::new(&policy, &zone);
        let assigned = at("2026-03-02T09:00:00+08:00");
        let changed = |stopped, now: &str| changed_due_at(calendar, assigned, 3, stopped, at(now));
        assert_eq!(changed(None, "2026-03-03T12:00:00+08:00"), Some(at("2026-03-05T09:00:00+08:00")));
        // Friday noon: one working day later is Monday noon.
        assert_eq!(changed(None, "2026-03-06T12:00:00+08:00"), Some(at("2026-03-09T12:00:00+08:00")));
        let stopped = Some(at("2026-03-05T12:00:00+08:00"));
        assert_eq!(changed(stopped, "2026-03-20T12:00:00+08:00"), Some(at("2026-03-06T12:00:00+08:00")));
    }

    #[test]
    fn what_was_overdue_when_the_clock_stopped_stays_overdue() {
        let due = Some(at("2026-03-01T00:00:00Z"));
        let (before, after, now) = (at("2026-02-28T00:00:00Z"), at("2026-03-01T12:00:00Z"), at("2026-03-02T00:00:00Z"));
        for &status in DefectStatus::ALL {
            let may = DefectStatus::TO_DO.contains(&status) || status == DefectStatus::Disputed;
            assert_eq!(is_overdue(status, due, None, now), may, "{status}");
            assert_eq!(is_overdue(status, due, Some(after), now), may, "{status}, stopped after the due time");
            assert!(!is_overdue(status, due, Some(before), now), "{status}, stopped before the due time");
            assert!(!is_overdue(status, due, None, before), "{status} before the due time");
        }
    }
}
