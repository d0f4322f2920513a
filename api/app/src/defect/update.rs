//! Change what a defect says: description, type, unit, place, severity, trade, pin.

use domain::defect::due::changed_due_at;
use domain::defect::{DefectCommand, Severity, Terms, permit_terms};
use domain::id::{DefectId, RoomId, UnitId};
use domain::taxonomy::TermKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Note, NoteCode, Party, Refusal, RefusalCode, Role, Timestamp};
use serde_json::Value;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::field_merge;
use super::place::{self, PinInput};
use crate::context::Context;
use crate::error::Result;
use crate::input::{CommandHeader, Patch};
use crate::redacted::Redacted;

/// What changes; the rest stays.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateDefect {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// In words.
    pub description: Patch<String>,
    /// A code of the project's defect types.
    pub type_code: Option<String>,
    /// The unit, for a defect that was logged in a wrong one.
    pub unit_id: Option<UnitId>,
    /// The room.
    pub room_id: Patch<RoomId>,
    /// The severity. Staff only.
    pub severity: Option<Severity>,
    /// The trade. Staff only.
    pub trade: Option<String>,
    /// The pin.
    pub pin: Patch<PinInput>,
}

impl UpdateDefect {
    /// The terms of the repair that it names.
    const fn terms(&self) -> Terms {
        Terms {
            severity: self.severity.is_some(),
            trade: self.trade.is_some(),
            kind: self.type_code.is_some(),
            unit: self.unit_id.is_some(),
        }
    }
}

/// A changed defect, with what the person should know of the change.
#[derive(Debug, Clone)]
pub struct Updated {
    /// The defect.
    pub defect: Redacted<DefectRow>,
    /// The effect of the change on the due time, and the company that the responsibility rules name now.
    pub notes: Vec<Note>,
}

/// Changes a defect's fields. The event keeps each field as it was and as it is.
///
/// # Errors
/// The rule's refusal, a refusal of a field, or an internal error.
pub async fn update(ctx: Context<'_>, input: UpdateDefect) -> Result<Updated> {
    let mut command = match input.unit_id {
        // Its duplicates are of the same unit.
        Some(unit_id) => DefectCommandContext::open_to_move(ctx, input.header, unit_id).await?,
        None => DefectCommandContext::open(ctx, input.header).await?,
    };
    command.permit(DefectCommand::Update)?;
    permit_terms(&command.facts, &command.actor, input.terms())?;
    let before = command.defect.clone();
    command.update_words(&input)?;
    command.update_kind(&input).await?;
    command.relocate(input.unit_id).await?;
    command.update_place(&input).await?;
    command.revert_conflicting_fields(&before);
    command.update_search().await?;
    let changed = field_merge::field_differences(&before, &command.defect);
    if changed.is_empty() {
        // Nothing to save, so no version and no event: doing it again is no change either.
        return Ok(Updated { defect: Redacted::of(ctx.caller, before), notes: Vec::new() });
    }
    let mut notes = command.change_terms(&before).await?;
    notes.extend(command.place_note(&before).await?);
    command.add_relocation_events(&before).await?;
    let defect = command.finish(DefectCommand::Update, None, Value::Object(changed)).await?;
    Ok(Updated { defect, notes })
}

impl DefectCommandContext {
    fn update_words(&mut self, input: &UpdateDefect) -> Result<()> {
        match &input.description {
            Patch::Unchanged => {}
            Patch::Clear => self.defect.description.clear(),
            Patch::Set(text) => {
                self.defect.description = optional(Some(text), NOTE_LIMIT, "description")?.unwrap_or_default();
            }
        }
        if let Some(severity) = input.severity {
            self.defect.severity = severity;
            self.defect.severity_rank = severity.rank();
        }
        Ok(())
    }

    async fn update_kind(&mut self, input: &UpdateDefect) -> Result<()> {
        if let Some(code) = &input.type_code {
            let kind = place::defect_type(&self.work, self.defect.project_id, code).await?;
            self.defect.part = kind.part;
            self.defect.category = kind.category;
            self.defect.trade = kind.trade;
            self.defect.type_code = kind.code;
        }
        if let Some(trade) = &input.trade {
            if !store::projects::has_term(&self.work.tx, self.defect.project_id, TermKind::Trade, trade).await? {
                let shown: String = trade.chars().take(80).collect();
                let unknown = Refusal::at(RefusalCode::InvalidCode, "trade").with("value", shown);
                return Err(unknown.expecting("a code of the project's trades", "项目专业中的代码").into());
            }
            self.defect.trade.clone_from(trade);
        }
        Ok(())
    }

    async fn update_place(&mut self, input: &UpdateDefect) -> Result<()> {
        let unit = place::unit(&self.work, &self.caller, self.defect.unit_id).await?;
        match input.room_id {
            Patch::Unchanged => {}
            Patch::Clear => self.defect.room_id = None,
            Patch::Set(room_id) => self.defect.room_id = Some(place::room(&self.work, &unit, room_id).await?.id),
        }
        match input.pin {
            Patch::Unchanged => {}
            Patch::Clear => (self.defect.pin_x, self.defect.pin_y, self.defect.plan_id) = (None, None, None),
            Patch::Set(pin) => {
                let (x, y, plan_id) = place::pin(&self.work, &unit, pin).await?;
                (self.defect.pin_x, self.defect.pin_y, self.defect.plan_id) = (Some(x), Some(y), plan_id);
            }
        }
        Ok(())
    }

    /// Keeps the concurrent changes of other people; the device's values are parked for a person to resolve.
    fn revert_conflicting_fields(&mut self, before: &DefectRow) {
        let conflicts = field_merge::revert_conflicts(before, &mut self.defect, &self.concurrent_changes);
        if let (false, Some(operation)) = (conflicts.is_empty(), &self.work.operation) {
            operation.conflict(conflicts);
        }
    }

    /// What the person should know of the place and the part, if either has changed.
    async fn place_note(&self, before: &DefectRow) -> Result<Option<Note>> {
        let place = |defect: &DefectRow| (defect.unit_id, defect.room_id, defect.part.clone());
        if place(before) == place(&self.defect) {
            return Ok(None);
        }
        place::part_note(&self.work, &self.defect).await
    }

    async fn update_search(&mut self) -> Result<()> {
        let unit = place::unit(&self.work, &self.caller, self.defect.unit_id).await?;
        let kind = place::defect_type(&self.work, self.defect.project_id, &self.defect.type_code).await?;
        self.defect.search = place::search_text(&self.defect.description, &kind, &unit, Some(self.defect.number));
        Ok(())
    }

    /// Counts the due time anew where severity or type ask for other days, and notes the company that the
    /// responsibility rules name for another trade; the responsible company stays.
    async fn change_terms(&mut self, before: &DefectRow) -> Result<Vec<Note>> {
        let mut notes = Vec::new();
        if let Some(due) = self.change_due(before).await? {
            notes.push(Note::new(NoteCode::DueChanged).with("due", due.to_local_text(&self.project.zone)));
        }
        if before.trade != self.defect.trade && self.actor.party() != Party::Customer {
            notes.extend(self.other_company_by_rule().await?);
        }
        Ok(notes)
    }

    /// Counts the due time and the one that owners read anew; returns the new one of those that the actor reads.
    async fn change_due(&mut self, before: &DefectRow) -> Result<Option<Timestamp>> {
        if self.defect.assigned_at.is_none() || self.defect.due_at.is_none() {
            return Ok(None);
        }
        let days = self.project.days_of(&self.work.tx, &self.defect).await?;
        if days == self.project.days_of(&self.work.tx, before).await? {
            return Ok(None);
        }
        let defect = &self.defect;
        let due = self.changed_due(days, [defect.assigned_at, defect.due_at, defect.clock_stopped_at]);
        let shown = self.changed_due(days, [defect.shown_assigned_at, defect.shown_due_at, defect.shown_stopped_at]);
        if let Some(due) = due {
            self.defect.due_at = Some(due.0);
            self.reset_escalation().await?;
        }
        if let Some(shown) = shown {
            self.defect.shown_due_at = Some(shown.0);
        }
        Ok(if self.actor.role() == Role::Owner { shown } else { due })
    }

    /// Another due time by these days, for a clock that was started, is due, and was stopped at these times.
    fn changed_due(&self, days: u32, [assigned_at, due_at, stopped_at]: [Option<i64>; 3]) -> Option<Timestamp> {
        let (assigned_at, due_at) = assigned_at.zip(due_at)?;
        let (calendar, stopped) = (self.project.calendar(), stopped_at.map(Timestamp));
        let changed = changed_due_at(calendar, Timestamp(assigned_at), days, stopped, self.work.now);
        changed.filter(|changed| changed.0 != due_at)
    }

    async fn other_company_by_rule(&self) -> Result<Option<Note>> {
        let (tx, defect) = (&self.work.tx, &self.defect);
        let unit = place::unit(&self.work, &self.caller, defect.unit_id).await?;
        let named = self.project.route(tx, &defect.trade, defect.building_id, unit.kind).await?;
        let Some(company_id) = named.filter(|company_id| Some(*company_id) != defect.responsible_company_id) else {
            return Ok(None);
        };
        let company = store::projects::company(tx, defect.project_id, company_id).await?;
        Ok(company.map(|company| Note::new(NoteCode::OtherCompanyByRule).with("company", company.name)))
    }
}
