//! The frame of every command on a unit inspection: load and lock it as the caller may see it, ask the rule, save, tell.

use domain::change::ChangeAudience;
use domain::inspection::{InspectionCommand, InspectionFacts, InspectionStatus, Signer, permit, status_after};
use domain::object_kind::ObjectKind;
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde_json::{Value, json};
use store::entity::rounds;

use super::InspectionRow;
use super::read::{facts_of, seen_by, sides_of};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::project::rules::ProjectRules;
use crate::work::{Happening, Work};

/// A command at work on one locked unit inspection.
pub(super) struct Case {
    pub(super) work: Work,
    pub(super) caller: Caller,
    pub(super) actor: Actor,
    pub(super) round: rounds::Model,
    pub(super) inspection: InspectionRow,
    pub(super) facts: InspectionFacts,
    pub(super) occurred_at: Timestamp,
    from: InspectionStatus,
    header: CommandHeader,
}

impl Case {
    /// Loads and locks the unit inspection, if the caller may see it, and keeps its round from being closed meanwhile.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader) -> Result<Self> {
        let mut work = ctx.begin().await?;
        let said = occurred(header.occurred_at, work.now)?;
        let found = store::inspections::find_for_change(&work.tx, &ctx.caller.sight(), header.target).await?;
        let inspection = found.ok_or_else(|| Error::not_found("inspectionId"))?;
        let actor = work.enter_at(ctx.caller, inspection.project_id, said).await?;
        let round = store::rounds::hold(&work.tx, inspection.round_id).await?;
        let round = round.ok_or_else(|| Error::internal("a unit inspection refers to a round that is not there"))?;
        // Two tablets may work before either has told that it began.
        let earliest = round.opened_at.unwrap_or(round.created_at);
        let occurred_at = work.plausible(said, Timestamp(earliest));
        let signatures = store::inspections::signatures_of(&work.tx, &[inspection.id]).await?;
        let acted_for = sides_of(&work.tx, ctx.caller.person_id, &[inspection.id]).await?.remove(&inspection.id);
        let facts = facts_of(&inspection, &round, &signatures, acted_for.unwrap_or_default())?;
        let from = facts.status;
        Ok(Self { work, caller: ctx.caller.clone(), actor, round, inspection, facts, occurred_at, from, header })
    }

    /// Asks the rule, then whether the caller knew the newest version.
    pub(super) fn permit(&self, command: InspectionCommand) -> Result<()> {
        permit(&self.facts, &self.actor, command)?;
        check_version(self.header.expected_version, self.inspection.version)?;
        Ok(())
    }

    /// Asks, where the policy requires it, that everything which was announced of the unit has arrived.
    pub(super) async fn check_synced(&self) -> Result<()> {
        let policy = ProjectRules::load(&self.work.tx, self.inspection.project_id).await?.policy;
        self.work.check_synced(&policy, self.inspection.project_id, self.inspection.unit_id).await
    }

    /// Whether the unit inspection is already where the command leads, so that doing it again is no error.
    pub(super) fn is_already(&self, status: InspectionStatus, command: InspectionCommand) -> bool {
        let wrong_state = |refusal: Refusal| refusal.code == RefusalCode::WrongState;
        self.facts.status == status && permit(&self.facts, &self.actor, command).is_err_and(wrong_state)
    }

    /// Moves the status on as the rule says for a permitted command.
    pub(super) fn apply(&mut self, command: InspectionCommand) {
        self.facts.status = status_after(&self.facts, command, &Signer::of(&self.actor));
        self.inspection.status = self.facts.status.as_str().to_owned();
    }

    /// The answer of a command that changes nothing.
    pub(super) fn unchanged(self) -> InspectionRow {
        seen_by(&self.caller, self.inspection)
    }

    /// Saves the unit inspection, tells what happened, commits, and answers it as the caller sees it.
    pub(super) async fn finish(
        mut self,
        command: InspectionCommand,
        reason: Option<String>,
        data: Value,
    ) -> Result<InspectionRow> {
        store::inspections::save(&self.work.tx, &mut self.inspection).await?;
        self.tell(command, reason, data);
        self.work.commit().await?;
        Ok(seen_by(&self.caller, self.inspection))
    }

    /// Tells what happened, from the status before to the present one.
    pub(super) fn tell(&mut self, command: InspectionCommand, reason: Option<String>, data: Value) {
        let mut data = if data.is_null() { json!({}) } else { data };
        data["roundId"] = json!(self.inspection.round_id);
        // Owners are shown results once the inspection is submitted; then nobody records any more.
        let audience = match command {
            InspectionCommand::Record => ChangeAudience::Staff,
            InspectionCommand::Start
            | InspectionCommand::Submit
            | InspectionCommand::Sign
            | InspectionCommand::Reopen
            | InspectionCommand::MarkInaccessible => ChangeAudience::Everybody,
        };
        let happening = Happening {
            unit_id: Some(self.inspection.unit_id),
            from: Some(self.from.as_str()),
            to: Some(self.facts.status.as_str()),
            reason,
            data,
            ..Happening::new(command.into(), ObjectKind::UnitInspection, self.inspection.id, self.occurred_at)
        };
        self.work.event_for(audience, happening);
        self.from = self.facts.status;
    }
}
