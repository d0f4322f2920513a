//! A project's policy: the rules that differ by province, company and project, kept as data.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::defect::Severity;
use crate::party::{Party, Role};
use crate::quota::DailyQuota;
use crate::words::Phrase;

string_enum! {
    /// Whose pass closes a defect.
    pub enum Verification {
        /// One pass of any verifying party.
        AnyOne = "ANY_ONE",
        /// A pass of each verifying party.
        All = "ALL",
    }
}

/// The policy of one project, stored as JSON; an absent field takes its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// Whose pass is needed.
    pub verification: Verification,
    /// The parties that verify; the responsible company never does, whatever stands here.
    pub verifying_parties: Vec<Party>,
    /// Whether a repair needs an after-photo to be reported.
    pub after_photo_required: bool,
    /// After how many failed attempts a defect is escalated.
    pub escalate_after_failed_attempts: u32,
    /// Days to repair by severity, of defects whose severity is not the usual one of their type.
    pub days_by_severity: BTreeMap<Severity, u32>,
    /// Severities that block delivery of the unit until closed or waived.
    pub blocking_severities: Vec<Severity>,
    /// Whether days off do not count towards the due time.
    pub skip_days_off: bool,
    /// Weekdays off, 1 = Monday to 7 = Sunday.
    pub weekdays_off: Vec<i8>,
    /// Single days off (public holidays).
    pub holidays: Vec<Date>,
    /// Single days worked although their weekday is off.
    pub working_days: Vec<Date>,
    /// After how many months the bytes of photos of closed and void defects are removed; none = never.
    pub photo_retention_months: Option<u32>,
    /// Whether an inspection is submitted, and a unit reviewed by its owner, only when no device holds anything of it.
    pub require_synced_devices: bool,
    /// How much each person of staff may add in one day.
    pub daily_quota: DailyQuota,
    /// How much each owner may add in one day.
    pub owner_daily_quota: DailyQuota,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            verification: Verification::AnyOne,
            verifying_parties: vec![Party::Developer, Party::Supervisor],
            after_photo_required: true,
            escalate_after_failed_attempts: 3,
            days_by_severity: BTreeMap::from([
                (Severity::Critical, 3),
                (Severity::Major, 7),
                (Severity::Minor, 10),
                (Severity::Cosmetic, 15),
            ]),
            blocking_severities: vec![Severity::Critical, Severity::Major],
            skip_days_off: false,
            weekdays_off: vec![6, 7],
            holidays: Vec::new(),
            working_days: Vec::new(),
            photo_retention_months: None,
            require_synced_devices: false,
            daily_quota: DailyQuota::STAFF,
            owner_daily_quota: DailyQuota::OWNER,
        }
    }
}

impl Policy {
    /// Whether a day counts towards a due time.
    #[must_use]
    pub fn counts(&self, day: Date) -> bool {
        if !self.skip_days_off || self.working_days.contains(&day) {
            return true;
        }
        let weekday: Weekday = day.weekday();
        !self.holidays.contains(&day) && !self.weekdays_off.contains(&weekday.to_monday_one_offset())
    }

    /// The faults of the policy, each with its field; empty for a valid policy.
    #[must_use]
    pub fn problems(&self) -> Vec<Fault> {
        let mut problems = self.problems_of_verification();
        problems.extend(self.problems_of_severities());
        problems.extend(self.problems_of_weekdays());
        if self.photo_retention_months.is_some_and(|months| !(1..=1_200).contains(&months)) {
            let why = ("1 to 1200 months; null keeps them for ever", "1 到 1200 个月；留空则永久保存");
            problems.push(fault("photoRetentionMonths", why));
        }
        for (field, quota) in [("dailyQuota", self.daily_quota), ("ownerDailyQuota", self.owner_daily_quota)] {
            if !quota.is_possible() {
                let (most, bytes) = (DailyQuota::MOST, DailyQuota::MOST_BYTES);
                let en = format!("0 to {most} photos, comments and defects, 0 to {bytes} bytes of photos");
                let zh = format!("照片、评论和问题数为 0 到 {most}，照片字节数为 0 到 {bytes}");
                problems.push((field, (en, zh)));
            }
        }
        problems.extend(self.problems_of_single_days());
        problems
    }

    /// The quota of a person with this role.
    #[must_use]
    pub fn quota_of(&self, role: Role) -> DailyQuota {
        if role.party() == Party::Customer { self.owner_daily_quota } else { self.daily_quota }
    }

    fn problems_of_verification(&self) -> Vec<Fault> {
        let mut problems = Vec::new();
        let parties = &self.verifying_parties;
        if parties.is_empty() {
            let why = ("name at least one party, otherwise nothing can be closed", "请至少指定一方，否则问题无法关闭");
            problems.push(fault("verifyingParties", why));
        }
        if parties.iter().any(|party| matches!(party, Party::Contractor | Party::Customer)) {
            let why = ("only developer, supervisor and property verify", "只有建设单位、监理单位和物业单位可以复验");
            problems.push(fault("verifyingParties", why));
        }
        if first_twice(parties).is_some() {
            problems.push(fault("verifyingParties", ("each party once", "每一方只能出现一次")));
        }
        if self.escalate_after_failed_attempts == 0 {
            problems.push(fault("escalateAfterFailedAttempts", ("at least 1", "至少为 1")));
        }
        problems
    }

    fn problems_of_severities(&self) -> Vec<Fault> {
        let mut problems = Vec::new();
        if let Some((severity, days)) = self.days_by_severity.iter().find(|(_, days)| !(1..=MOST_DAYS).contains(*days))
        {
            let (en, zh) = severity.plain_words();
            let en = format!("{en} has {days} days; from 1 to {MOST_DAYS} are possible");
            problems.push(("daysBySeverity", (en, format!("{zh}为 {days} 天；应为 1 到 {MOST_DAYS} 天"))));
        }
        if let Some(severity) = first_twice(&self.blocking_severities) {
            let (en, zh) = severity.plain_words();
            problems.push(("blockingSeverities", (format!("{en} is named twice"), format!("{zh}重复"))));
        }
        problems
    }

    fn problems_of_weekdays(&self) -> Vec<Fault> {
        let mut problems = Vec::new();
        if self.weekdays_off.iter().any(|day| !(1..=7).contains(day)) {
            problems.push(fault("weekdaysOff", ("1 is Monday, 7 is Sunday", "1 为星期一，7 为星期日")));
        }
        if (1..=7).all(|day| self.weekdays_off.contains(&day)) {
            let why = ("at least one day of the week must be worked", "每周至少有一个工作日");
            problems.push(fault("weekdaysOff", why));
        }
        problems
    }

    fn problems_of_single_days(&self) -> Vec<Fault> {
        if self.holidays.len() + self.working_days.len() > 2_000 {
            return vec![fault("holidays", ("at most 2000 single days", "最多 2000 个单日"))];
        }
        let both = self.working_days.iter().find(|day| self.holidays.contains(day));
        let told = both.map(|day| {
            let en = format!("{day} is a holiday, too; a day is off or worked, not both");
            ("workingDays", (en, format!("{day} 同时是节假日；一天不能既休息又上班")))
        });
        told.into_iter().collect()
    }
}

/// Most days to repair.
const MOST_DAYS: u32 = 3_650;

/// A field of a policy, and its fault in English and Chinese.
pub type Fault = (&'static str, (String, String));

fn fault(field: &'static str, (en, zh): Phrase) -> Fault {
    (field, (en.to_owned(), zh.to_owned()))
}

/// The first entry that stands in the list before.
fn first_twice<T: PartialEq + Copy>(list: &[T]) -> Option<T> {
    list.iter().enumerate().find(|(n, entry)| list[..*n].contains(entry)).map(|(_, entry)| *entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_told_with_the_place() {
        assert_eq!(Policy::default().problems(), []);
        let days = |days| BTreeMap::from([(Severity::Minor, days)]);
        let wrong = [
            (
                Policy {
                    holidays: vec![day("2026-10-01")],
                    working_days: vec![day("2026-10-01")],
                    ..Policy::default()
                },
                "workingDays",
                "2026-10-01",
            ),
            (Policy { days_by_severity: days(0), ..Policy::default() }, "daysBySeverity", "Minor has 0 days"),
            (Policy { days_by_severity: days(4_000), ..Policy::default() }, "daysBySeverity", "Minor has 4000 days"),
            (
                Policy { blocking_severities: vec![Severity::Major, Severity::Major], ..Policy::default() },
                "blockingSeverities",
                "Major is named twice",
            ),
            (
                Policy { verifying_parties: vec![Party::Developer, Party::Developer], ..Policy::default() },
                "verifyingParties",
                "each party once",
            ),
        ];
        for (policy, field, part) in wrong {
            let problems = policy.problems();
            assert!(problems.len() == 1 && problems[0].0 == field && problems[0].1.0.contains(part), "{problems:?}");
            let zh = &problems[0].1.1;
            assert!(!zh.chars().any(|c| c.is_ascii_alphabetic()), "{zh}");
        }
    }
}
