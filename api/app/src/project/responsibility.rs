//! Responsibility rules 派单规则: which company new defects go to.

use domain::access::Action;
use domain::event::EventName;
use domain::id::{BuildingId, CompanyId, ProjectId, ResponsibilityRuleId};
use domain::object_kind::ObjectKind;
use domain::taxonomy::TermKind;
use domain::unit::UnitKind;
use domain::{Caller, Party, Refusal, RefusalCode};
use serde_json::json;
use store::boxed;
use store::entity::responsibility_rules::Model as RuleRow;

use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{Patch, check_version};
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// Priorities go from 0 to this.
const LOWEST_PRIORITY: i32 = 1_000;

/// A rule to create, or to change if there is one of this id.
#[derive(Debug, Clone)]
pub struct SetRule {
    /// The rule's id, made by the client.
    pub rule_id: ResponsibilityRuleId,
    /// The project.
    pub project_id: ProjectId,
    /// The version that the caller knew; left out = any.
    pub expected_version: Option<i32>,
    /// Only this trade.
    pub trade: Patch<String>,
    /// Only this building.
    pub building_id: Patch<BuildingId>,
    /// Only this kind of unit.
    pub unit_kind: Patch<UnitKind>,
    /// The contractor.
    pub company_id: CompanyId,
    /// Lower goes first among equally specific rules; unchanged, or 0, when left out.
    pub priority: Option<i32>,
}

/// Creates or changes a rule. Defects that are assigned already stay where they are.
///
/// # Errors
/// Refusals of rights, codes and ids, or an internal error.
pub async fn set_rule(ctx: Context<'_>, input: SetRule) -> Result<RuleRow> {
    let mut work = ctx.begin().await?;
    let actor = work.act_in_project(ctx.caller, input.project_id)?;
    if !Action::SetResponsibility.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let existing = store::responsibility::find_for_update(&work.tx, input.rule_id).await?;
    if existing.as_ref().is_some_and(|rule| rule.project_id != input.project_id) {
        return Err(Refusal::at(RefusalCode::IdReused, "ruleId").into());
    }
    let is_new = existing.is_none();
    let current = existing.unwrap_or_else(|| blank(&input));
    let mut rule = checked_rule(&input, current.clone());
    check(&work, &rule).await?;
    if is_new {
        let content = json!({
            "projectId": rule.project_id, "trade": rule.trade, "buildingId": rule.building_id,
            "unitKind": rule.unit_kind, "companyId": rule.company_id, "priority": rule.priority,
        });
        if work.reserve_client_id(rule.id, ObjectKind::ResponsibilityRule, "ruleId", &content).await?
            == ClientIdReservation::Done
        {
            // It was created so before, and removed since.
            return Err(Error::not_found("ruleId"));
        }
        store::responsibility::insert(&work.tx, rule.clone()).await?;
    } else {
        check_version(input.expected_version, current.version)?;
        if rule == current {
            return Ok(rule);
        }
        rule.version += 1;
        store::responsibility::save(&work.tx, rule.clone()).await?;
    }
    add_rule_event(&mut work, EventName::ResponsibilityRuleSet, &rule);
    work.commit().await?;
    Ok(rule)
}

/// Removes a rule. Removing a rule that is already removed is no error.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED`, `STALE_VERSION`, or an internal error.
pub async fn remove_rule(ctx: Context<'_>, rule_id: ResponsibilityRuleId, expected_version: Option<i32>) -> Result<()> {
    let mut work = ctx.begin().await?;
    let found = store::responsibility::find_for_update(&work.tx, rule_id).await?;
    let Some(rule) = found.filter(|rule| ctx.caller.visibility().is_staff_of(rule.project_id)) else {
        let removed = store::responsibility::was_removed(&work.tx, &ctx.caller.visibility(), rule_id).await?;
        return if removed { Ok(()) } else { Err(Error::not_found("ruleId")) };
    };
    let actor = work.act_in_project(ctx.caller, rule.project_id)?;
    if !Action::SetResponsibility.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    check_version(expected_version, rule.version)?;
    store::responsibility::delete(&work.tx, rule.id).await?;
    work.mark_removed(ObjectKind::ResponsibilityRule, rule.id);
    add_rule_event(&mut work, EventName::ResponsibilityRuleRemoved, &rule);
    work.commit().await
}

/// One rule, for staff of its project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_rule(app: &App, caller: &Caller, rule_id: ResponsibilityRuleId) -> Result<Option<RuleRow>> {
    Ok(store::responsibility::by_ids(app.db.read(), &caller.visibility(), &[rule_id]).await?.pop())
}

fn blank(input: &SetRule) -> RuleRow {
    RuleRow {
        id: input.rule_id,
        project_id: input.project_id,
        trade: None,
        building_id: None,
        unit_kind: None,
        company_id: input.company_id,
        priority: 0,
        version: 1,
    }
}

fn checked_rule(input: &SetRule, current: RuleRow) -> RuleRow {
    let unit_kind = match &input.unit_kind {
        Patch::Unchanged => current.unit_kind,
        Patch::Clear => None,
        Patch::Set(kind) => Some(*kind),
    };
    RuleRow {
        trade: input.trade.clone().apply(current.trade),
        building_id: input.building_id.clone().apply(current.building_id),
        unit_kind,
        company_id: input.company_id,
        priority: input.priority.unwrap_or(current.priority),
        ..current
    }
}

async fn check(work: &UnitOfWork, rule: &RuleRow) -> Result<()> {
    if let Some(trade) = &rule.trade
        && !store::projects::has_term(&work.tx, rule.project_id, TermKind::Trade, trade).await?
    {
        let refusal = Refusal::at(RefusalCode::InvalidCode, "trade");
        let shown: String = trade.chars().take(80).collect();
        return Err(refusal.with("value", shown).expecting("a trade of the project", "项目的专业").into());
    }
    if let Some(building_id) = rule.building_id
        && !store::responsibility::has_building(&work.tx, rule.project_id, building_id).await?
    {
        return Err(Error::not_found("buildingId"));
    }
    let company = store::projects::company(&work.tx, rule.project_id, rule.company_id).await?;
    let company = company.ok_or_else(|| Error::not_found("companyId"))?;
    if company.kind != Party::Contractor {
        return Err(Refusal::at(RefusalCode::NotAContractor, "companyId").into());
    }
    if !(0..=LOWEST_PRIORITY).contains(&rule.priority) {
        let refusal = Refusal::at(RefusalCode::InvalidValue, "priority");
        return Err(refusal.because("a priority is 0 to 1000", "优先级应为 0 到 1000").into());
    }
    Ok(())
}

fn add_rule_event(work: &mut UnitOfWork, name: EventName, rule: &RuleRow) {
    let data = json!({
        "trade": rule.trade, "buildingId": rule.building_id, "unitKind": rule.unit_kind,
        "companyId": rule.company_id, "priority": rule.priority,
    });
    let now = work.now;
    work.add_event(NewEvent { data, ..NewEvent::new(name, ObjectKind::ResponsibilityRule, rule.id, now) });
}
