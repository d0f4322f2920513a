//! The context of a command on a defect: loads and locks the defect in the caller's visibility scope, checks the rule,
//! applies the effect, saves, and adds the event.

use std::collections::BTreeSet;

use domain::change::ChangeAudience;
use domain::defect::transition::{Step, move_clock};
use domain::defect::view::{audience_of, facts_for_owner, status_for, step_for_owner};
use domain::defect::{ClockMove, DefectCommand, DefectFacts, DefectStatus, Effect, effect_of, permit};
use domain::event::{Audience, EventName};
use domain::id::{CompanyId, DefectId, Id, UnitId};
use domain::object_kind::ObjectKind;
use domain::{Actor, Caller, Refusal, RefusalCode, Role, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use store::entity::{defect_fields, repair_attempts};

use super::DefectRow;
use super::field_merge;
use super::read::{facts_of, is_hidden_from_owner, is_shown_to_owner, note_update, sides_of, version_for};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::operation::{Change, OperationContext};
use crate::project::rules::ProjectRules;
use crate::redacted::Redacted;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// A locked defect with all that a command on it needs.
pub(super) struct DefectCommandContext {
    pub(super) work: UnitOfWork,
    pub(super) caller: Caller,
    pub(super) actor: Actor,
    pub(super) project: ProjectRules,
    pub(super) defect: DefectRow,
    pub(super) facts: DefectFacts,
    pub(super) attempt: Option<repair_attempts::Model>,
    pub(super) occurred_at: Timestamp,
    /// The changes by others since the version that the client saw.
    pub(super) concurrent_changes: Vec<defect_fields::Model>,
    /// The defect that this one repeats, and the duplicates of both: locked, too, where the command decides on them.
    pub(super) duplicate_group: Vec<DefectRow>,
    pub(super) before: DefectRow,
    pub(super) from: &'static str,
    header: CommandHeader<DefectId>,
}

impl DefectCommandContext {
    /// Loads and locks the defect, if the caller may see it.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader<DefectId>) -> Result<Self> {
        let work = ctx.begin().await?;
        let defect = store::defects::find_for_update(&work.tx, &ctx.caller.visibility(), header.target).await?;
        Self::of(work, ctx.caller, header, defect, Vec::new()).await
    }

    /// The same, with the project locked, so that its policy does not change until the commit. The project is locked
    /// before the defect, which is the order of all commands.
    pub(super) async fn open_under_policy(ctx: Context<'_>, header: CommandHeader<DefectId>) -> Result<Self> {
        let work = ctx.begin().await?;
        let scope = ctx.caller.visibility();
        let seen = store::defects::find(&work.tx, &scope, header.target).await?;
        let project_id = seen.ok_or_else(|| Error::not_found("defectId"))?.project_id;
        store::projects::lock_shared(&work.tx, project_id).await?;
        let defect = store::defects::find_for_update(&work.tx, &scope, header.target).await?;
        Self::of(work, ctx.caller, header, defect, Vec::new()).await
    }

    /// The same with all duplicates of the defect locked, in the order of their ids, before any of them is read.
    pub(super) async fn open_with_duplicates(
        ctx: Context<'_>,
        header: CommandHeader<DefectId>,
        named: &[DefectId],
    ) -> Result<Self> {
        Self::open_all(ctx, header, named, None).await
    }

    /// The same for a move to another unit: the inspections of both units are locked before the defects, because a
    /// submission decides on the move.
    pub(super) async fn open_to_move(ctx: Context<'_>, header: CommandHeader<DefectId>, to: UnitId) -> Result<Self> {
        Self::open_all(ctx, header, &[], Some(to)).await
    }

    async fn open_all(
        ctx: Context<'_>,
        header: CommandHeader<DefectId>,
        named: &[DefectId],
        to: Option<UnitId>,
    ) -> Result<Self> {
        let scope = ctx.caller.visibility();
        let mut duplicate_group = store::defects::duplicate_group(ctx.app.db.read(), header.target).await?;
        loop {
            let work = ctx.begin().await?;
            let seen = store::defects::find(&work.tx, &scope, header.target).await?;
            let seen = seen.ok_or_else(|| Error::not_found("defectId"))?;
            if let Some(to) = to {
                work.lock_inspections(ctx.caller, &seen, to).await?;
            }
            let mut rows = store::defects::find_group_for_update(&work.tx, &scope, &duplicate_group, named).await?;
            let now = store::defects::duplicate_group(&work.tx, header.target).await?;
            let own = rows.iter().position(|row| row.id == header.target).map(|own| rows.remove(own));
            let place = |row: &DefectRow| (row.unit_id, row.inspection_id);
            let stays = to.is_none() || own.as_ref().is_none_or(|own| place(own) == place(&seen));
            if stays && now.is_subset(&duplicate_group) {
                return Self::of(work, ctx.caller, header, own, rows).await;
            }
            // A concurrent command merged another defect or moved this one: begin again, to lock in the right order.
            work.tx.rollback().await?;
            duplicate_group = now;
        }
    }

    async fn of(
        mut work: UnitOfWork,
        caller: &Caller,
        header: CommandHeader<DefectId>,
        defect: Option<DefectRow>,
        duplicate_group: Vec<DefectRow>,
    ) -> Result<Self> {
        let defect = defect.ok_or_else(|| Error::not_found("defectId"))?;
        let said = occurred(header.occurred_at, work.now)?;
        let occurred_at = work.plausible_time(said, Timestamp(defect.occurred_at));
        let actor = work.act_in_project_at(caller, defect.project_id, said).await?;
        let project = ProjectRules::load(&work.tx, defect.project_id).await?;
        let attempt = store::defects::latest_attempt(&work.tx, defect.id).await?;
        let verdicts = match &attempt {
            Some(attempt) => store::defects::verdicts_of(&work.tx, &[attempt.id]).await?,
            None => Vec::new(),
        };
        let mut facts = facts_of(&defect, attempt.as_ref(), &verdicts);
        facts.acted_for =
            sides_of(&work.tx, caller.person_id, &[defect.id]).await?.remove(&defect.id).unwrap_or_default();
        facts.survivor_void = !store::defects::void_among(&work.tx, defect.duplicate_of.as_slice()).await?.is_empty();
        let from = facts.status.as_str();
        let concurrent_changes = work.load_concurrent_changes(&defect, actor.role()).await?;
        let (caller, before) = (caller.clone(), defect.clone());
        Ok(Self {
            work,
            caller,
            actor,
            project,
            defect,
            facts,
            attempt,
            occurred_at,
            concurrent_changes,
            duplicate_group,
            before,
            from,
            header,
        })
    }

    /// Reserves the id of the record that the command creates. `Some` is the answer to a repeated command.
    pub(super) async fn reserve_client_id(
        &self,
        id: impl Id,
        kind: ObjectKind,
        field: &str,
        content: &impl Serialize,
    ) -> Result<Option<Redacted<DefectRow>>> {
        Ok(match self.work.reserve_client_id(id, kind, field, &content_on(self.defect.id, content)).await? {
            ClientIdReservation::New => None,
            ClientIdReservation::Done => Some(Redacted::of(&self.caller, self.defect.clone())),
        })
    }

    /// Checks the rule, then the version that the caller knew.
    pub(super) fn permit(&self, command: DefectCommand) -> Result<()> {
        permit(&self.facts, &self.actor, command, &self.project.policy)?;
        check_version(self.header.expected_version, version_for(self.actor.role(), &self.defect))?;
        if !matches!(command, DefectCommand::Comment | DefectCommand::Update) && self.has_moved_on() {
            let shown = status_for(self.actor.role(), &self.facts);
            return Err(Refusal::new(RefusalCode::MovedOn).with("status", shown).into());
        }
        Ok(())
    }

    /// Moves the time of the command to the latest repair attempt at the earliest.
    pub(super) fn not_before_attempt(&mut self) {
        if let Some(attempt) = &self.attempt {
            self.occurred_at = self.work.plausible_time(self.occurred_at, Timestamp(attempt.occurred_at));
        }
    }

    /// Whether the workflow state changed since the version that the client saw, so that the command would mean
    /// something else now.
    fn has_moved_on(&self) -> bool {
        self.work.operation.as_ref().is_some_and(OperationContext::has_base_version)
            && self.concurrent_changes.iter().any(|other| {
                [field_merge::WORKFLOW_STATE, field_merge::SHOWN_WORKFLOW_STATE].contains(&other.field.as_str())
            })
    }

    /// Applies a permitted step: the status and the due clock.
    pub(super) async fn apply(&mut self, step: Step) -> Result<Effect> {
        let effect = effect_of(&self.facts, step, &self.project.policy);
        let fresh_due = match effect.clock {
            ClockMove::Start => self.project.due_of(&self.work.tx, &self.defect, self.work.now).await?,
            ClockMove::Keep | ClockMove::Stop | ClockMove::Run | ClockMove::Clear => None,
        };
        let calendar = self.project.calendar();
        let (due_at, stopped_at) = move_clock(&self.facts, effect.clock, self.work.now, fresh_due, calendar);
        if effect.clock == ClockMove::Start {
            self.defect.assigned_at = Some(self.work.now.0);
        }
        if matches!(effect.clock, ClockMove::Start | ClockMove::Clear) {
            self.reset_escalation().await?;
        }
        self.defect.status = effect.status;
        self.defect.due_at = due_at.map(|moment| moment.0);
        self.defect.clock_stopped_at = stopped_at.map(|moment| moment.0);
        self.apply_for_owner(step, fresh_due);
        Ok(effect)
    }

    /// Moves the status and the due clock that owners read, unless the step is none of theirs.
    fn apply_for_owner(&mut self, step: Step, fresh_due: Option<Timestamp>) {
        let Some(step) = step_for_owner(step, self.defect.shown_status_before_void) else { return };
        let (due_at, stopped_at) = (self.defect.shown_due_at, self.defect.shown_stopped_at);
        let facts = facts_for_owner(&self.facts, due_at.map(Timestamp), stopped_at.map(Timestamp));
        let effect = effect_of(&facts, step, &self.project.policy);
        let (due_at, stopped_at) = move_clock(&facts, effect.clock, self.work.now, fresh_due, self.project.calendar());
        if effect.clock == ClockMove::Start {
            self.defect.shown_assigned_at = Some(self.work.now.0);
        }
        self.defect.shown_status = effect.status;
        self.defect.shown_status_before_void = (effect.status == DefectStatus::Void).then_some(facts.status);
        self.defect.shown_due_at = due_at.map(|moment| moment.0);
        self.defect.shown_stopped_at = stopped_at.map(|moment| moment.0);
    }

    /// Saves the defect, writes the command's event, commits, and returns the defect as the caller sees it.
    pub(super) async fn finish(
        mut self,
        command: DefectCommand,
        reason: Option<String>,
        data: Value,
    ) -> Result<Redacted<DefectRow>> {
        let visible_to = audience_of(command, &self.facts);
        self.save(command.event(), visible_to, reason, data).await?;
        self.work.commit().await?;
        Ok(Redacted::of(&self.caller, self.defect))
    }

    /// Saves the defect and adds the event for its readers.
    pub(super) async fn save(
        &mut self,
        name: EventName,
        visible_to: Audience,
        reason: Option<String>,
        data: Value,
    ) -> Result<()> {
        // A change that owners neither see nor read of does not mark the defect as changed for them.
        let hidden = visible_to != Audience::Owner && is_hidden_from_owner(&self.before, &self.defect);
        let audience = if hidden { ChangeAudience::Staff } else { ChangeAudience::Everybody };
        note_update(&mut self.defect, self.work.now, audience);
        store::defects::save(&self.work.tx, &mut self.defect).await?;
        self.write_changed_fields().await?;
        let event = NewEvent {
            unit_id: Some(self.defect.unit_id),
            defect_id: Some(self.defect.id),
            from: Some(self.from),
            to: Some(self.defect.status.as_str()),
            visible_to,
            reason,
            data: with_clock(&self.before, &self.defect, data),
            ..NewEvent::new(name, ObjectKind::Defect, self.defect.id, self.occurred_at)
        };
        self.work.add_event_for(audience, event);
        if is_shown_to_owner(&self.before) && !is_shown_to_owner(&self.defect) {
            self.work.mark_defect_void(self.defect.id, self.defect.unit_id);
        }
        Ok(())
    }
}

impl DefectCommandContext {
    /// Writes the names of the fields that this version changed.
    async fn write_changed_fields(&self) -> Result<()> {
        // A change of the assignee matters only to commands that assign.
        let is_merged = self.concurrent_changes.iter().any(|other| other.field != field_merge::ASSIGNEE);
        if let (true, Some(operation)) = (is_merged, &self.work.operation) {
            operation.merged();
        }
        let changed = field_merge::changed_fields(&self.before, &self.defect);
        let by = (Some(self.actor.person_id), self.work.operation.as_ref().map(OperationContext::device_id));
        let versions = (self.defect.version, self.defect.shown_version);
        Ok(store::sync::note_fields(&self.work.tx, self.defect.id, &changed, versions, by, self.work.now).await?)
    }
}

impl DefectCommandContext {
    /// Marks all child objects as changed, for clients that see the defect for the first time.
    pub(super) async fn mark_children_changed(&mut self) -> Result<()> {
        let unit_id = Some(self.defect.unit_id);
        for (kind, id) in store::defects::children(&self.work.tx, self.defect.id).await? {
            // An inbox has no place.
            let unit_id = unit_id.filter(|_| kind != ObjectKind::InboxEntry);
            self.work.mark_changed(kind, id, unit_id);
        }
        Ok(())
    }

    /// The same for a contractor company that sees the defect for the first time. To others nothing is new.
    pub(super) async fn mark_children_changed_for(&mut self, company_id: CompanyId) -> Result<()> {
        for (kind, id) in store::defects::children(&self.work.tx, self.defect.id).await? {
            self.work.mark_changed_for_company(company_id, kind, id, self.defect.unit_id);
        }
        Ok(())
    }
}

impl UnitOfWork {
    /// Locks the rows that decide on a move to another unit: all inspections of both units, and the round of the
    /// inspection in which the defect was found.
    async fn lock_inspections(&self, caller: &Caller, defect: &DefectRow, to: UnitId) -> Result<()> {
        let tx = &self.tx;
        let to = store::units::find(tx, &caller.visibility(), to).await?;
        let units: BTreeSet<UnitId> = to.map(|unit| unit.id).into_iter().chain([defect.unit_id]).collect();
        for unit_id in units {
            store::inspections::lock_shared_of_unit(tx, unit_id).await?;
        }
        if let Some(inspection_id) = defect.inspection_id {
            store::inspections::lock_shared(tx, inspection_id).await?;
        }
        Ok(())
    }

    /// The changes by others since the version that the client saw, of fields that matter to people of this role.
    /// Versions are those that people of this role read.
    async fn load_concurrent_changes(&self, defect: &DefectRow, role: Role) -> Result<Vec<defect_fields::Model>> {
        let (Some(operation), current) = (&self.operation, version_for(role, defect)) else { return Ok(Vec::new()) };
        let Some(base) = operation.stale_base(current) else { return Ok(Vec::new()) };
        let mut concurrent_changes = store::sync::changed_since(&self.tx, defect.id, base).await?;
        concurrent_changes.retain(|other| {
            let version = Some(field_merge::version_for(role, other));
            let change = Change { version, by: other.person_id, device_id: other.device_id };
            field_merge::is_relevant_to(role, &other.field) && self.is_by_others(current, change)
        });
        Ok(concurrent_changes)
    }
}

impl DefectCommandContext {
    /// Resets the escalation, because the due time is set again.
    pub(super) async fn reset_escalation(&mut self) -> Result<()> {
        self.defect.escalated_at = None;
        Ok(store::escalations::delete_steps(&self.work.tx, self.defect.id).await?)
    }
}

/// What makes two creates on a defect the same.
pub(super) fn content_on(defect_id: DefectId, content: &impl Serialize) -> Value {
    json!({ "defectId": defect_id, "content": content })
}

/// The event's data together with the due clock, where the command moved it: metrics are counted from events alone.
fn with_clock(before: &DefectRow, after: &DefectRow, data: Value) -> Value {
    if (before.due_at, before.clock_stopped_at) == (after.due_at, after.clock_stopped_at) {
        return data;
    }
    let mut data = if data.is_null() { json!({}) } else { data };
    data["dueAt"] = moment_text(after.due_at);
    data["clockStoppedAt"] = moment_text(after.clock_stopped_at);
    data
}

/// A moment as text, as events store it.
pub(super) fn moment_text(micros: Option<i64>) -> Value {
    json!(micros.map(|micros| Timestamp(micros).to_rfc3339()))
}
