//! Setting a project up: its policy and its responsibility rules.

use app::project::policy::{PolicyChange, update};
use app::project::responsibility::{SetRule, find_rule, remove_rule, set_rule};
use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::defect::Severity;
use domain::id::{BuildingId, CompanyId, ProjectId, ResponsibilityRuleId};
use domain::policy::Verification;
use domain::unit::UnitKind;
use domain::{Party, Policy as Rules};

use super::policy::{DailyQuotaInput, SeverityDaysInput, quota_change};
use super::types::{Project, ResponsibilityRule};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, patch, split};
use crate::scalars::{Day, Uid};

/// Setting projects up.
#[derive(Default)]
pub struct ProjectMutation;

/// The changes to a policy: left out = unchanged, null = back to the default.
#[derive(InputObject)]
pub struct ProjectPolicyUpdateInput {
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The project's version that the viewer knew; another one is refused as `STALE_VERSION`. Left out = any.
    pub expected_version: Option<i32>,
    /// Whose pass closes a defect. Defects that already have all the passes needed are closed.
    pub verification: MaybeUndefined<Verification>,
    /// The parties that verify: of developer, supervisor and property service at least one.
    pub verifying_parties: MaybeUndefined<Vec<Party>>,
    /// Whether a repair needs an after-photo to be reported.
    pub after_photo_required: MaybeUndefined<bool>,
    /// After how many failed attempts a defect is escalated, at least 1.
    pub escalate_after_failed_attempts: MaybeUndefined<i32>,
    /// Days to repair by severity; severities that are not named stay as they are.
    pub days_by_severity: MaybeUndefined<Vec<SeverityDaysInput>>,
    /// Severities that block delivery of the unit.
    pub blocking_severities: MaybeUndefined<Vec<Severity>>,
    /// Whether days off do not count towards due times that are set from now on.
    pub skip_days_off: MaybeUndefined<bool>,
    /// Weekdays off: 1 is Monday, 7 is Sunday.
    pub weekdays_off: MaybeUndefined<Vec<i32>>,
    /// Single days off, at most 2,000 together with the days worked.
    pub holidays: MaybeUndefined<Vec<Day>>,
    /// Single days worked although their weekday is off.
    pub working_days: MaybeUndefined<Vec<Day>>,
    /// After how many months from their arrival the bytes of photos of closed and void defects are removed for good, 1
    /// to 1200; null = never.
    pub photo_retention_months: MaybeUndefined<i32>,
    /// Whether an inspection is submitted, and a unit reviewed by its owner, only when no device holds anything of it.
    pub require_synced_devices: MaybeUndefined<bool>,
    /// How much each person of staff may add to the project in one day; fields that are left out stay as they are.
    pub daily_quota: MaybeUndefined<DailyQuotaInput>,
    /// How much each owner may add to the project in one day; fields that are left out stay as they are.
    pub owner_daily_quota: MaybeUndefined<DailyQuotaInput>,
}

/// The project with its policy.
#[derive(SimpleObject)]
pub struct ProjectPolicyUpdatePayload {
    /// The project as it is now, done or refused; null when there is none that the viewer may see.
    pub project: Option<Project>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// A responsibility rule to create, or to change if there is one of this id.
#[derive(InputObject)]
pub struct ResponsibilityRuleSetInput {
    /// The rule's id, a UUID of version 7 that the client makes.
    pub rule_id: Uid<ResponsibilityRuleId>,
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The version that the viewer knew; another one is refused as `STALE_VERSION`. Left out = any.
    pub expected_version: Option<i32>,
    /// Only defects of this trade, a code of the project's terms; null = any.
    pub trade: MaybeUndefined<String>,
    /// Only in this building; null = any.
    pub building_id: MaybeUndefined<Uid<BuildingId>>,
    /// Only in units of this kind; null = any.
    pub unit_kind: MaybeUndefined<UnitKind>,
    /// The contractor of the project that becomes responsible.
    pub company_id: Uid<CompanyId>,
    /// Lower goes first among equally specific rules, 0 to 1000; 0 for a new rule if left out.
    pub priority: Option<i32>,
}

/// The rule.
#[derive(SimpleObject)]
pub struct ResponsibilityRuleSetPayload {
    /// The rule as it is now, done or refused; null when there is none that the viewer may see.
    pub rule: Option<ResponsibilityRule>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Which rule is removed.
#[derive(InputObject)]
pub struct ResponsibilityRuleRemoveInput {
    /// The rule.
    pub rule_id: Uid<ResponsibilityRuleId>,
    /// The version that the viewer knew; another one is refused as `STALE_VERSION`. Left out = any.
    pub expected_version: Option<i32>,
}

/// The removed rule.
#[derive(SimpleObject)]
pub struct ResponsibilityRuleRemovePayload {
    /// The rule that is no more, now or since before; null when refused.
    pub removed_rule_id: Option<Uid>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ProjectMutation {
    /// Changes the project's policy. Delivery manager.
    async fn project_policy_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ProjectPolicyUpdateInput,
    ) -> ApiResult<ProjectPolicyUpdatePayload> {
        let (id, expected_version) = (input.project_id, input.expected_version);
        let answer = update(ctx.acting()?, id.0, expected_version, input.into()).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        let row = match done {
            Some(row) => Some(row),
            None => app::project::read::find_project(ctx.app(), ctx.caller()?, id.0).await?,
        };
        Ok(ProjectPolicyUpdatePayload { project: row.map(Project::from), user_errors })
    }

    /// Creates or changes a responsibility rule: which company new defects go to. Defects that are already assigned
    /// stay with their company. Delivery manager and site engineer.
    async fn responsibility_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: ResponsibilityRuleSetInput,
    ) -> ApiResult<ResponsibilityRuleSetPayload> {
        let id = input.rule_id;
        let answer = set_rule(ctx.acting()?, input.into()).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        let row = match done {
            Some(row) => Some(row),
            None => find_rule(ctx.app(), ctx.caller()?, id.0).await?,
        };
        Ok(ResponsibilityRuleSetPayload { rule: row.map(ResponsibilityRule::from), user_errors })
    }

    /// Removes a responsibility rule. Removing a rule that is already removed is no error. Delivery manager and site
    /// engineer.
    async fn responsibility_rule_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rule.")] input: ResponsibilityRuleRemoveInput,
    ) -> ApiResult<ResponsibilityRuleRemovePayload> {
        let answer = remove_rule(ctx.acting()?, input.rule_id.0, input.expected_version).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(ResponsibilityRuleRemovePayload { removed_rule_id: done.map(|()| input.rule_id.0.into()), user_errors })
    }
}

impl From<ResponsibilityRuleSetInput> for SetRule {
    fn from(input: ResponsibilityRuleSetInput) -> Self {
        Self {
            rule_id: input.rule_id.0,
            project_id: input.project_id.0,
            expected_version: input.expected_version,
            trade: patch(input.trade),
            building_id: patch(input.building_id.map_value(|id| id.0)),
            unit_kind: patch(input.unit_kind),
            company_id: input.company_id.0,
            priority: input.priority,
        }
    }
}

impl From<ProjectPolicyUpdateInput> for PolicyChange {
    fn from(input: ProjectPolicyUpdateInput) -> Self {
        let default = Rules::default();
        // A negative number becomes 0, which the policy's own rule refuses.
        let count = |given: i32| u32::try_from(given).unwrap_or(0);
        let days: Vec<(Severity, u32)> = match input.days_by_severity {
            MaybeUndefined::Undefined => Vec::new(),
            MaybeUndefined::Null => default.days_by_severity.into_iter().collect(),
            MaybeUndefined::Value(days) => days.into_iter().map(|entry| (entry.severity, count(entry.days))).collect(),
        };
        // A number that is no day of the week becomes 0, which the policy's own rule refuses.
        let weekday = |day: i32| i8::try_from(day).unwrap_or(0);
        let weekdays = or_default(input.weekdays_off, default.weekdays_off.into_iter().map(i32::from).collect());
        let days_of = |days: Option<Vec<Day>>| days.map(|days| days.into_iter().map(|day| day.0).collect());
        Self {
            verification: or_default(input.verification, default.verification),
            verifying_parties: or_default(input.verifying_parties, default.verifying_parties),
            after_photo_required: or_default(input.after_photo_required, default.after_photo_required),
            escalate_after_failed_attempts: match input.escalate_after_failed_attempts {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(default.escalate_after_failed_attempts),
                MaybeUndefined::Value(attempts) => Some(count(attempts)),
            },
            days_by_severity: days,
            blocking_severities: or_default(input.blocking_severities, default.blocking_severities),
            skip_days_off: or_default(input.skip_days_off, default.skip_days_off),
            weekdays_off: weekdays.map(|days| days.into_iter().map(weekday).collect()),
            holidays: days_of(or_default(input.holidays, Vec::new())),
            working_days: days_of(or_default(input.working_days, Vec::new())),
            photo_retention_months: match input.photo_retention_months {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(months) => Some(Some(count(months))),
            },
            require_synced_devices: or_default(input.require_synced_devices, default.require_synced_devices),
            daily_quota: quota_change(input.daily_quota, default.daily_quota),
            owner_daily_quota: quota_change(input.owner_daily_quota, default.owner_daily_quota),
        }
    }
}

/// Left out = unchanged, null = the default.
fn or_default<T>(value: MaybeUndefined<T>, default: T) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(default),
        MaybeUndefined::Value(value) => Some(value),
    }
}
