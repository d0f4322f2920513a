//! A defect and its duplicates, after each merge, void and restoration. A duplicate always points at a valid defect:
//! when that defect is merged, its duplicates follow; when it is declared void, they are restored.

use domain::change::ChangeAudience;
use domain::defect::{DefectFacts, DefectStatus, VoidReason};
use domain::event::EventName;
use domain::id::DefectId;
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::json;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::read::facts_of;
use crate::error::{Error, Result};
use crate::unit_of_work::NewEvent;

/// The defects at which a duplicate may point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DuplicateTarget {
    /// A defect that is neither closed nor void.
    AliveDefect,
    /// A defect that is not void, also a closed one.
    ValidDefect,
}

/// A locked defect as a command has it, to be put in the place of the one that the command is on.
struct LockedDefect {
    defect: DefectRow,
    facts: DefectFacts,
    before: DefectRow,
    from: &'static str,
}

impl LockedDefect {
    fn of(defect: DefectRow) -> Self {
        let (facts, from) = (facts_of(&defect, None, &[]), defect.status.as_str());
        Self { before: defect.clone(), defect, facts, from }
    }

    fn swap_with(&mut self, command: &mut DefectCommandContext) {
        std::mem::swap(&mut self.defect, &mut command.defect);
        std::mem::swap(&mut self.facts, &mut command.facts);
        std::mem::swap(&mut self.before, &mut command.before);
        std::mem::swap(&mut self.from, &mut command.from);
    }
}

impl DefectCommandContext {
    /// The defect of the same unit that this one repeats, as the caller may see it and locked.
    pub(super) async fn survivor(&self, id: DefectId, field: &str, repeats: DuplicateTarget) -> Result<DefectRow> {
        if id == self.defect.id {
            return Err(Refusal::at(RefusalCode::SameDefect, field).into());
        }
        let found = store::defects::find(&self.work.tx, &self.caller.visibility(), id).await?;
        let locked = found.filter(|row| self.duplicate_group.iter().any(|other| other.id == row.id));
        let survivor = locked.ok_or_else(|| Error::not_found(field))?;
        if survivor.unit_id != self.defect.unit_id {
            return Err(Refusal::at(RefusalCode::OtherUnit, field).into());
        }
        let status = survivor.status;
        if status == DefectStatus::Void || (repeats == DuplicateTarget::AliveDefect && !status.is_alive()) {
            return Err(Refusal::at(RefusalCode::WrongState, field).with("status", status).into());
        }
        Ok(survivor)
    }

    /// Makes the defect a duplicate of another, in both histories; its own duplicates follow.
    pub(super) async fn join_survivor(&mut self, survivor: &DefectRow) -> Result<()> {
        self.defect.duplicate_of = Some(survivor.id);
        self.defect.named_duplicate_of = Some(survivor.id);
        self.add_survivor_event(EventName::DefectDuplicateAdded, survivor.id);
        let with = self.defect.id;
        for row in self.duplicates_of(with) {
            self.point_duplicate_at(row, survivor.id, Some(with)).await?;
        }
        Ok(())
    }

    /// Adds to the survivor's history that this defect is no duplicate of it any more; the duplicates that came through
    /// this one leave with it.
    pub(super) async fn leave_survivor(&mut self) -> Result<()> {
        let Some(survivor) = self.defect.duplicate_of else { return Ok(()) };
        self.add_survivor_event(EventName::DefectDuplicateRemoved, survivor);
        let own = self.defect.id;
        for row in self.duplicates_of(survivor) {
            if self.came_through(&row, own, survivor) {
                self.point_duplicate_at(row, own, None).await?;
            }
        }
        Ok(())
    }

    /// Restores every duplicate of the defect to its earlier state, because the defect is void now.
    pub(super) async fn restore_duplicates(&mut self) -> Result<()> {
        let survivor_id = self.defect.id;
        for row in self.duplicates_of(survivor_id) {
            let merged = row.void_reason == Some(VoidReason::Merged);
            let name = if merged { EventName::DefectUnmerged } else { EventName::DefectRestored };
            let mut other = LockedDefect::of(row);
            other.swap_with(self);
            self.restore_from_void().await?;
            let data = json!({ "from": survivor_id, "survivorVoided": true });
            self.save(name, name.audience(), None, data).await?;
            other.swap_with(self);
        }
        Ok(())
    }

    fn duplicates_of(&self, survivor_id: DefectId) -> Vec<DefectRow> {
        let own = self.defect.id;
        let theirs = self.duplicate_group.iter().filter(|row| row.duplicate_of == Some(survivor_id) && row.id != own);
        theirs.cloned().collect()
    }

    /// Whether a duplicate repeats the survivor only because `through` was merged into it.
    fn came_through(&self, row: &DefectRow, through: DefectId, survivor: DefectId) -> bool {
        let mut next = row.named_duplicate_of;
        // No longer than the group: in an older database a ring would never end.
        for _ in 0..=self.duplicate_group.len() {
            match next {
                Some(id) if id == through => return true,
                Some(id) if id != survivor => {
                    next = self
                        .duplicate_group
                        .iter()
                        .find(|other| other.id == id)
                        .and_then(|other| other.named_duplicate_of);
                }
                _ => return false,
            }
        }
        false
    }

    /// Points a duplicate at another defect.
    async fn point_duplicate_at(&mut self, row: DefectRow, at: DefectId, with: Option<DefectId>) -> Result<()> {
        let mut other = LockedDefect::of(row);
        other.swap_with(self);
        self.defect.duplicate_of = Some(at);
        let (name, data) = (EventName::DefectDuplicateMoved, json!({ "duplicateOf": at, "with": with }));
        self.save(name, name.audience(), None, data).await?;
        other.swap_with(self);
        Ok(())
    }

    fn add_survivor_event(&mut self, name: EventName, survivor_id: DefectId) {
        let event = NewEvent {
            unit_id: Some(self.defect.unit_id),
            defect_id: Some(survivor_id),
            data: json!({ "defectId": self.defect.id, "number": domain::defect::number_text(self.defect.number) }),
            ..NewEvent::new(name, ObjectKind::Defect, survivor_id, self.occurred_at)
        };
        // An owner sees of the duplicates the own findings alone.
        let is_shown = self.defect.owner_finding;
        let audience = if is_shown { ChangeAudience::Everybody } else { ChangeAudience::Staff };
        self.work.add_event_for(audience, event);
    }
}
