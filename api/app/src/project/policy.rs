//! Change the policy of a project.

use domain::access::Action;
use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::ProjectId;
use domain::object_kind::ObjectKind;
use domain::policy::Verification;
use domain::quota::DailyQuota;
use domain::{Party, Policy, Refusal, RefusalCode};
use serde_json::{Map, Value, json};
use store::entity::projects;

use crate::context::Context;
use crate::defect::reapply_policy::reapply_policy;
use crate::error::{Error, Result};
use crate::input::check_version;
use crate::unit_of_work::NewEvent;

/// The changes to a daily quota; an absent value stays unchanged.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuotaChange {
    /// Photos and clips.
    pub photos: Option<u32>,
    /// Their bytes.
    pub photo_bytes: Option<i64>,
    /// Comments.
    pub comments: Option<u32>,
    /// Defects.
    pub defects: Option<u32>,
}

impl QuotaChange {
    fn apply(self, quota: &mut DailyQuota) {
        set(&mut quota.photos, self.photos);
        set(&mut quota.photo_bytes, self.photo_bytes);
        set(&mut quota.comments, self.comments);
        set(&mut quota.defects, self.defects);
    }
}

/// The changes to a policy; an absent value stays unchanged.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// Whose pass is needed.
    pub verification: Option<Verification>,
    /// The parties that verify.
    pub verifying_parties: Option<Vec<Party>>,
    /// Whether a repair needs an after-photo.
    pub after_photo_required: Option<bool>,
    /// After how many failed attempts a defect is escalated.
    pub escalate_after_failed_attempts: Option<u32>,
    /// Days to repair for some severities.
    pub days_by_severity: Vec<(domain::defect::Severity, u32)>,
    /// Severities that block delivery.
    pub blocking_severities: Option<Vec<domain::defect::Severity>>,
    /// Whether days off do not count.
    pub skip_days_off: Option<bool>,
    /// Weekdays off.
    pub weekdays_off: Option<Vec<i8>>,
    /// Single days off.
    pub holidays: Option<Vec<jiff::civil::Date>>,
    /// Single days worked.
    pub working_days: Option<Vec<jiff::civil::Date>>,
    /// After how many months photos of settled defects go; the inner nothing is never.
    pub photo_retention_months: Option<Option<u32>>,
    /// Whether all devices must have synced before a submission or a review.
    pub require_synced_devices: Option<bool>,
    /// How much each person of staff may add in one day.
    pub daily_quota: QuotaChange,
    /// How much each owner may add in one day.
    pub owner_daily_quota: QuotaChange,
}

impl PolicyChange {
    fn apply(self, policy: &mut Policy) {
        set(&mut policy.verification, self.verification);
        set(&mut policy.verifying_parties, self.verifying_parties);
        set(&mut policy.after_photo_required, self.after_photo_required);
        set(&mut policy.escalate_after_failed_attempts, self.escalate_after_failed_attempts);
        policy.days_by_severity.extend(self.days_by_severity);
        set(&mut policy.blocking_severities, self.blocking_severities);
        set(&mut policy.skip_days_off, self.skip_days_off);
        set(&mut policy.weekdays_off, self.weekdays_off);
        set(&mut policy.holidays, self.holidays);
        set(&mut policy.working_days, self.working_days);
        set(&mut policy.photo_retention_months, self.photo_retention_months);
        set(&mut policy.require_synced_devices, self.require_synced_devices);
        self.daily_quota.apply(&mut policy.daily_quota);
        self.owner_daily_quota.apply(&mut policy.owner_daily_quota);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Changes the policy. Defects that have all the passes that the new one needs are closed, each for itself.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`, `STALE_VERSION`, `INVALID_VALUE` for each field that makes no sense.
pub async fn update(
    ctx: Context<'_>,
    project_id: ProjectId,
    expected_version: Option<i32>,
    change: PolicyChange,
) -> Result<projects::Model> {
    refuse_severities_twice(&change.days_by_severity)?;
    let mut work = ctx.begin().await?;
    let actor = work.act_in_project(ctx.caller, project_id)?;
    if !Action::UpdatePolicy.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let found = store::projects::find_for_update(&work.tx, project_id).await?;
    let mut project = found.ok_or_else(|| Error::not_found("projectId"))?;
    check_version(expected_version, project.version)?;
    let judged_anew = change.verification.is_some() || change.verifying_parties.is_some();
    let before: Policy = serde_json::from_value(project.policy.clone())?;
    let mut after = before.clone();
    change.apply(&mut after);
    refuse_nonsense(&after)?;
    if after != before {
        project.policy = serde_json::to_value(&after)?;
        project.version += 1;
        let data = differences(&serde_json::to_value(&before)?, &project.policy);
        project = store::projects::save(&work.tx, project).await?;
        let now = work.now;
        let event = NewEvent::new(EventName::PolicyUpdated, ObjectKind::Project, project_id, now);
        // Owners are not shown the policy.
        work.add_event_for(ChangeAudience::Staff, NewEvent { data, ..event });
        work.commit().await?;
    } else {
        work.tx.rollback().await?;
    }
    if judged_anew {
        // After the commit, one by one: asked again, this goes on where a stop has interrupted it.
        reapply_policy(ctx, project_id).await?;
    }
    Ok(project)
}

/// Refuses a severity that has two numbers of days.
fn refuse_severities_twice(days: &[(domain::defect::Severity, u32)]) -> Result<()> {
    let is_twice = |n: usize| days[..n].iter().any(|(severity, _)| *severity == days[n].0);
    match (0..days.len()).find(|n| is_twice(*n)) {
        Some(n) => {
            let twice = Refusal::at(RefusalCode::InvalidValue, &format!("daysBySeverity.{n}.severity"));
            Err(twice.because("this severity is named twice", "该严重程度重复").into())
        }
        None => Ok(()),
    }
}

fn refuse_nonsense(policy: &Policy) -> Result<()> {
    let problems: Vec<Refusal> = policy
        .problems()
        .into_iter()
        .map(|(field, (en, zh))| Refusal::at(RefusalCode::InvalidValue, field).because(&en, &zh))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

/// The fields that differ, each with the value before and afterwards.
fn differences(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return Value::Null };
    let differing = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    let told = differing.map(|(name, value)| (name.clone(), json!({ "from": before.get(name), "to": value })));
    Value::Object(told.collect::<Map<String, Value>>())
}
