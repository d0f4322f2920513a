//! The policy of a project.

use async_graphql::{InputObject, Object, SimpleObject};
use domain::defect::Severity;
use domain::policy::Verification;
use domain::{Party, Policy as Rules};

use crate::graphql::scalars::Day;

/// The rules that differ by province, company and project. Staff only.
#[derive(async_graphql::Description)]
pub struct Policy(pub Rules);

/// Days to repair for a severity.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct SeverityDays {
    /// The severity.
    pub severity: Severity,
    /// Days from the moment of assignment, where the defect type says nothing.
    pub days: u32,
}

/// Days to repair for a severity.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct SeverityDaysInput {
    /// The severity.
    pub severity: Severity,
    /// Days from the moment of assignment, 0 to 3650.
    pub days: u32,
}

#[Object(use_type_description)]
impl Policy {
    /// Whose pass closes a defect.
    async fn verification(&self) -> Verification {
        self.0.verification
    }

    /// The parties that verify. The responsible company never does, whatever stands here.
    async fn verifying_parties(&self) -> &[Party] {
        &self.0.verifying_parties
    }

    /// Whether a repair needs an after-photo to be reported.
    async fn after_photo_required(&self) -> bool {
        self.0.after_photo_required
    }

    /// After how many failed attempts a defect is escalated.
    async fn escalate_after_failed_attempts(&self) -> u32 {
        self.0.escalate_after_failed_attempts
    }

    /// Days to repair by severity, where the defect type says nothing.
    async fn days_by_severity(&self) -> Vec<SeverityDays> {
        self.0
            .days_by_severity
            .iter()
            .map(|(severity, days)| SeverityDays { severity: *severity, days: *days })
            .collect()
    }

    /// Severities that block delivery of the unit until closed or waived by name.
    async fn blocking_severities(&self) -> &[Severity] {
        &self.0.blocking_severities
    }

    /// Whether days off do not count towards the due time.
    async fn skip_days_off(&self) -> bool {
        self.0.skip_days_off
    }

    /// Weekdays off: 1 is Monday, 7 is Sunday.
    async fn weekdays_off(&self) -> Vec<i32> {
        self.0.weekdays_off.iter().map(|day| i32::from(*day)).collect()
    }

    /// Single days off, such as public holidays.
    async fn holidays(&self) -> Vec<Day> {
        self.0.holidays.iter().copied().map(Day).collect()
    }

    /// Single days worked although their weekday is off.
    async fn working_days(&self) -> Vec<Day> {
        self.0.working_days.iter().copied().map(Day).collect()
    }

    /// After how many months from their arrival the bytes of photos of closed and void defects are removed for good,
    /// originals and renditions; null = never.
    async fn photo_retention_months(&self) -> Option<u32> {
        self.0.photo_retention_months
    }

    /// Whether an inspection is submitted, and a unit reviewed by its owner, only when no device holds anything of it: see
    /// `UnitInspection.devices`, and `deviceExcuse` for a device that nobody waits for.
    async fn require_synced_devices(&self) -> bool {
        self.0.require_synced_devices
    }
}
