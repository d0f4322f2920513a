//! A defect and its duplicates: who repeats whom, after each merge, void and return. A duplicate is always of a valid
//! defect: what it repeats is merged itself, and it follows; what it repeats is declared void, and it comes back.

use domain::change::ChangeAudience;
use domain::defect::{DefectFacts, DefectStatus, VoidReason};
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::json;
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, status_text};
use super::read::facts_of;
use crate::error::{Error, Result};
use crate::work::Happening;

/// What a duplicate may repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// A defect that still lives: what is merged into it is repaired with it.
    AliveDefect,
    /// A defect that is not void, also a closed one.
    ValidDefect,
}

/// A locked defect as a command has it, to be put in the place of the one that the command is on.
struct Subject {
    defect: DefectRow,
    facts: DefectFacts,
    before: DefectRow,
    from: &'static str,
}

impl Subject {
    fn of(defect: DefectRow) -> Result<Self> {
        let (facts, from) = (facts_of(&defect, None, &[])?, status_text(&defect)?);
        Ok(Self { before: defect.clone(), defect, facts, from })
    }

    fn change_places(&mut self, case: &mut Case) {
        std::mem::swap(&mut self.defect, &mut case.defect);
        std::mem::swap(&mut self.facts, &mut case.facts);
        std::mem::swap(&mut self.before, &mut case.before);
        std::mem::swap(&mut self.from, &mut case.from);
    }
}

impl Case {
    /// The defect of the same unit that this one repeats, as the caller may see it and locked.
    pub(super) async fn survivor(&self, id: Uuid, field: &str, repeats: Repeats) -> Result<DefectRow> {
        if id == self.defect.id {
            return Err(Refusal::at(RefusalCode::SameDefect, field).into());
        }
        let found = store::defects::find(&self.work.tx, &self.caller.sight(), id).await?;
        let locked = found.filter(|row| self.family.iter().any(|other| other.id == row.id));
        let survivor = locked.ok_or_else(|| Error::not_found(field))?;
        if survivor.unit_id != self.defect.unit_id {
            return Err(Refusal::at(RefusalCode::OtherUnit, field).into());
        }
        let status: DefectStatus = survivor.status.parse()?;
        if status == DefectStatus::Void || (repeats == Repeats::AliveDefect && !status.is_alive()) {
            return Err(Refusal::at(RefusalCode::WrongState, field).with("status", status).into());
        }
        Ok(survivor)
    }

    /// Makes the defect a duplicate of another, in both histories; its own duplicates follow.
    pub(super) async fn join(&mut self, survivor: &DefectRow) -> Result<()> {
        self.defect.duplicate_of = Some(survivor.id);
        self.defect.named_duplicate_of = Some(survivor.id);
        self.tell_survivor(EventName::DefectDuplicateAdded, survivor.id);
        let with = self.defect.id;
        for row in self.duplicates_of(with) {
            self.point(row, survivor.id, Some(with)).await?;
        }
        Ok(())
    }

    /// Tells the defect that this one repeated that it is none of its duplicates any more; the duplicates that came with
    /// this one leave with it.
    pub(super) async fn leave_survivor(&mut self) -> Result<()> {
        let Some(survivor) = self.defect.duplicate_of else { return Ok(()) };
        self.tell_survivor(EventName::DefectDuplicateRemoved, survivor);
        let own = self.defect.id;
        for row in self.duplicates_of(survivor) {
            if self.came_with(&row, own, survivor) {
                self.point(row, own, None).await?;
            }
        }
        Ok(())
    }

    /// Brings every duplicate of the defect back to where it stood: what it repeats is not valid any more.
    pub(super) async fn bring_back_duplicates(&mut self) -> Result<()> {
        let survivor_id = self.defect.id;
        for row in self.duplicates_of(survivor_id) {
            let merged = row.void_reason.as_deref() == Some(VoidReason::Merged.as_str());
            let name = if merged { EventName::DefectUnmerged } else { EventName::DefectRestored };
            let mut other = Subject::of(row)?;
            other.change_places(self);
            self.take_back().await?;
            self.save(name, None, json!({ "from": survivor_id, "survivorVoided": true })).await?;
            other.change_places(self);
        }
        Ok(())
    }

    fn duplicates_of(&self, survivor_id: Uuid) -> Vec<DefectRow> {
        let own = self.defect.id;
        let theirs = self.family.iter().filter(|row| row.duplicate_of == Some(survivor_id) && row.id != own);
        theirs.cloned().collect()
    }

    /// Whether a duplicate repeats the survivor only because `through` was merged into it.
    fn came_with(&self, row: &DefectRow, through: Uuid, survivor: Uuid) -> bool {
        let mut next = row.named_duplicate_of;
        // No longer than the family: in a database of before, a ring would never end.
        for _ in 0..=self.family.len() {
            match next {
                Some(id) if id == through => return true,
                Some(id) if id != survivor => {
                    next = self.family.iter().find(|other| other.id == id).and_then(|other| other.named_duplicate_of);
                }
                _ => return false,
            }
        }
        false
    }

    /// Lets a duplicate repeat another defect.
    async fn point(&mut self, row: DefectRow, at: Uuid, with: Option<Uuid>) -> Result<()> {
        let mut other = Subject::of(row)?;
        other.change_places(self);
        self.defect.duplicate_of = Some(at);
        self.save(EventName::DefectDuplicateMoved, None, json!({ "duplicateOf": at, "with": with })).await?;
        other.change_places(self);
        Ok(())
    }

    fn tell_survivor(&mut self, name: EventName, survivor_id: Uuid) {
        let happening = Happening {
            unit_id: Some(self.defect.unit_id),
            defect_id: Some(survivor_id),
            data: json!({ "defectId": self.defect.id, "number": domain::defect::number_text(self.defect.number) }),
            ..Happening::new(name, ObjectKind::Defect, survivor_id, self.occurred_at)
        };
        // An owner sees of the duplicates the own findings alone.
        let is_shown = self.defect.owner_finding;
        let audience = if is_shown { ChangeAudience::Everybody } else { ChangeAudience::Staff };
        self.work.event_for(audience, happening);
    }
}
