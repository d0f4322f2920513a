//! The policy of a project.

use app::project::policy::QuotaChange;
use async_graphql::{InputObject, MaybeUndefined, Object, SimpleObject};
use domain::defect::Severity;
use domain::policy::Verification;
use domain::quota;
use domain::{Party, Policy as Rules};

use crate::scalars::Day;

/// The rules that differ by province, company and project. Staff only.
#[derive(async_graphql::Description)]
pub struct Policy(pub Rules);

/// Days to repair for a severity.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct SeverityDays {
    /// The severity.
    pub severity: Severity,
    /// Days from the moment of assignment, of defects whose severity is not the usual one of their type.
    pub days: u32,
}

/// Days to repair for a severity.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct SeverityDaysInput {
    /// The severity.
    pub severity: Severity,
    /// Days from the moment of assignment, 1 to 3650.
    pub days: i32,
}

/// How much one person may add to the project in one day of its time zone. More is refused as `QUOTA_EXCEEDED`, which
/// says when the next day begins.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct DailyQuota {
    /// Photos and clips that are declared.
    pub photos: u32,
    /// Their bytes.
    pub photo_bytes: i64,
    /// Comments.
    pub comments: u32,
    /// Defects that are logged.
    pub defects: u32,
}

/// What changes of a daily quota; left out = unchanged.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct DailyQuotaInput {
    /// Photos and clips, 0 to 1,000,000.
    pub photos: Option<i32>,
    /// Their bytes, 0 to 10,000,000,000,000.
    pub photo_bytes: Option<i64>,
    /// Comments, 0 to 1,000,000.
    pub comments: Option<i32>,
    /// Defects, 0 to 1,000,000.
    pub defects: Option<i32>,
}

impl From<quota::DailyQuota> for DailyQuota {
    fn from(quota: quota::DailyQuota) -> Self {
        let quota::DailyQuota { photos, photo_bytes, comments, defects } = quota;
        Self { photos, photo_bytes, comments, defects }
    }
}

/// Left out = unchanged, null = the default.
pub(super) fn quota_change(input: MaybeUndefined<DailyQuotaInput>, default: quota::DailyQuota) -> QuotaChange {
    match input {
        MaybeUndefined::Undefined => QuotaChange::default(),
        MaybeUndefined::Null => QuotaChange {
            photos: Some(default.photos),
            photo_bytes: Some(default.photo_bytes),
            comments: Some(default.comments),
            defects: Some(default.defects),
        },
        MaybeUndefined::Value(given) => {
            let DailyQuotaInput { photos, photo_bytes, comments, defects } = given;
            // A negative number becomes more than the policy's own rule allows, which refuses it in words.
            let count = |given: Option<i32>| given.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            QuotaChange { photos: count(photos), photo_bytes, comments: count(comments), defects: count(defects) }
        }
    }
}

#[Object(use_type_description)]
impl Policy {
    /// Whose pass closes a defect.
    fn verification(&self) -> Verification {
        self.0.verification
    }

    /// The parties that verify. The responsible company never does, whatever stands here.
    fn verifying_parties(&self) -> &[Party] {
        &self.0.verifying_parties
    }

    /// Whether a repair needs an after-photo to be reported.
    fn after_photo_required(&self) -> bool {
        self.0.after_photo_required
    }

    /// After how many failed attempts a defect is escalated.
    fn escalate_after_failed_attempts(&self) -> u32 {
        self.0.escalate_after_failed_attempts
    }

    /// Days to repair by severity, where the defect type says nothing.
    fn days_by_severity(&self) -> Vec<SeverityDays> {
        self.0
            .days_by_severity
            .iter()
            .map(|(severity, days)| SeverityDays { severity: *severity, days: *days })
            .collect()
    }

    /// Severities that block delivery of the unit until closed or waived by name.
    fn blocking_severities(&self) -> &[Severity] {
        &self.0.blocking_severities
    }

    /// Whether days off do not count towards the due time.
    fn skip_days_off(&self) -> bool {
        self.0.skip_days_off
    }

    /// Weekdays off: 1 is Monday, 7 is Sunday.
    fn weekdays_off(&self) -> Vec<i32> {
        self.0.weekdays_off.iter().map(|day| i32::from(*day)).collect()
    }

    /// Single days off, such as public holidays.
    fn holidays(&self) -> Vec<Day> {
        self.0.holidays.iter().copied().map(Day).collect()
    }

    /// Single days worked although their weekday is off.
    fn working_days(&self) -> Vec<Day> {
        self.0.working_days.iter().copied().map(Day).collect()
    }

    /// After how many months from their arrival the bytes of photos of closed and void defects are removed for good,
    /// originals and renditions; null = never.
    fn photo_retention_months(&self) -> Option<u32> {
        self.0.photo_retention_months
    }

    /// Whether an inspection is submitted, and a unit reviewed by its owner, only when no device holds anything of it:
    /// see `UnitInspection.devices`, and `deviceExcuse` for a device that is exempt.
    fn require_synced_devices(&self) -> bool {
        self.0.require_synced_devices
    }

    /// How much each person of staff may add to the project in one day.
    fn daily_quota(&self) -> DailyQuota {
        self.0.daily_quota.into()
    }

    /// How much each owner may add to the project in one day.
    fn owner_daily_quota(&self) -> DailyQuota {
        self.0.owner_daily_quota.into()
    }
}
