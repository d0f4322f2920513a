//! The context of a command on a unit inspection: loads and locks it in the caller's visibility scope, checks the rule,
//! saves, and adds the event.

use domain::change::ChangeAudience;
use domain::id::InspectionId;
use domain::inspection::{InspectionCommand, InspectionFacts, InspectionStatus, Signer, permit, status_after};
use domain::object_kind::ObjectKind;
use domain::{Actor, Caller, Party, Refusal, RefusalCode, Timestamp};
use serde_json::{Value, json};
use store::entity::rounds;

use super::InspectionRow;
use super::read::{count_step, facts_of, sides_of, version_for};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::project::rules::ProjectRules;
use crate::redacted::Redacted;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// A locked unit inspection with all that a command on it needs.
pub(super) struct InspectionCommandContext {
    pub(super) work: UnitOfWork,
    pub(super) caller: Caller,
    pub(super) actor: Actor,
    pub(super) round: rounds::Model,
    pub(super) inspection: InspectionRow,
    pub(super) facts: InspectionFacts,
    pub(super) occurred_at: Timestamp,
    from: InspectionStatus,
    header: CommandHeader<InspectionId>,
    /// Whether a step of the command is shown to everybody who sees the unit inspection.
    is_shown_to_all: bool,
}

impl InspectionCommandContext {
    /// Loads and locks the unit inspection, if the caller may see it, and keeps its round from being closed meanwhile.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader<InspectionId>) -> Result<Self> {
        let mut work = ctx.begin().await?;
        let said = occurred(header.occurred_at, work.now)?;
        let found = store::inspections::find_for_update(&work.tx, &ctx.caller.visibility(), header.target).await?;
        let inspection = found.ok_or_else(|| Error::not_found("inspectionId"))?;
        let actor = work.act_in_project_at(ctx.caller, inspection.project_id, said).await?;
        let round = store::rounds::lock_shared(&work.tx, inspection.round_id).await?;
        let round = round.ok_or_else(|| Error::internal("a unit inspection refers to a round that is not there"))?;
        // Two tablets may work offline before either has pushed the start.
        let earliest = round.opened_at.unwrap_or(round.created_at);
        let occurred_at = work.plausible_time(said, Timestamp(earliest));
        let signatures = store::inspections::signatures_of(&work.tx, &[inspection.id]).await?;
        let acted_for = sides_of(&work.tx, ctx.caller.person_id, &[inspection.id]).await?.remove(&inspection.id);
        let facts = facts_of(&inspection, &round, &signatures, acted_for.unwrap_or_default())?;
        let from = facts.status;
        let (caller, is_shown_to_all) = (ctx.caller.clone(), false);
        Ok(Self { work, caller, actor, round, inspection, facts, occurred_at, from, header, is_shown_to_all })
    }

    /// Checks the rule, then the version that the caller knew.
    pub(super) fn permit(&self, command: InspectionCommand) -> Result<()> {
        permit(&self.facts, &self.actor, command)?;
        check_version(self.header.expected_version, self.version())?;
        Ok(())
    }

    /// The version before the command, as people of the actor's company read it.
    pub(super) fn version(&self) -> i32 {
        version_for(&self.actor, &self.inspection)
    }

    /// Checks, if the policy requires it, that all announced work of the unit has arrived.
    pub(super) async fn check_synced(&self) -> Result<()> {
        let policy = ProjectRules::load(&self.work.tx, self.inspection.project_id).await?.policy;
        self.work.check_synced(&policy, self.inspection.project_id, self.inspection.unit_id).await
    }

    /// Whether the unit inspection already has the status that the command leads to, so that a repetition is no error.
    pub(super) fn is_already(&self, status: InspectionStatus, command: InspectionCommand) -> bool {
        let wrong_state = |refusal: Refusal| refusal.code == RefusalCode::WrongState;
        self.facts.status == status && permit(&self.facts, &self.actor, command).is_err_and(wrong_state)
    }

    /// Sets the status that follows a permitted command.
    pub(super) fn apply(&mut self, command: InspectionCommand) {
        self.facts.status = status_after(&self.facts, command, &Signer::of(&self.actor));
        self.inspection.status = self.facts.status;
    }

    /// The answer of a command that changes nothing.
    pub(super) fn unchanged(self) -> Redacted<InspectionRow> {
        Redacted::of(&self.caller, self.inspection)
    }

    /// Saves the unit inspection, adds the event, commits, and returns it as the caller sees it.
    pub(super) async fn finish(
        mut self,
        command: InspectionCommand,
        reason: Option<String>,
        data: Value,
    ) -> Result<Redacted<InspectionRow>> {
        self.add_event(command, reason, data);
        count_step(&mut self.inspection, &self.actor, self.is_shown_to_all);
        store::inspections::save(&self.work.tx, &mut self.inspection).await?;
        self.work.commit().await?;
        Ok(Redacted::of(&self.caller, self.inspection))
    }

    /// Adds the event, from the status before to the present status.
    pub(super) fn add_event(&mut self, command: InspectionCommand, reason: Option<String>, data: Value) {
        let mut data = if data.is_null() { json!({}) } else { data };
        data["roundId"] = json!(self.inspection.round_id);
        // Owners are shown results once the inspection is submitted; then nobody records any more. Contractors are shown
        // those of the own company.
        let audience = match command {
            InspectionCommand::Record => ChangeAudience::WholeProject,
            InspectionCommand::Start
            | InspectionCommand::Submit
            | InspectionCommand::Sign
            | InspectionCommand::Reopen
            | InspectionCommand::MarkInaccessible => ChangeAudience::Everybody,
        };
        let event = NewEvent {
            unit_id: Some(self.inspection.unit_id),
            from: Some(self.from.as_str()),
            to: Some(self.facts.status.as_str()),
            reason,
            data,
            ..NewEvent::new(command.into(), ObjectKind::UnitInspection, self.inspection.id, self.occurred_at)
        };
        self.work.add_event_for(audience, event);
        self.from = self.facts.status;
        self.is_shown_to_all |= audience == ChangeAudience::Everybody;
        if audience != ChangeAudience::Everybody
            && let (Party::Contractor, Some(company_id)) = (self.actor.party(), self.actor.company_id())
        {
            let (kind, id, unit_id) = (ObjectKind::UnitInspection, self.inspection.id, self.inspection.unit_id);
            self.work.mark_changed_for_company(company_id, kind, id, unit_id);
        }
    }
}
