//! Move a defect to the unit in which it really is.

use domain::event::EventName;
use domain::id::UnitId;
use domain::inspection::InspectionStatus;
use domain::object_kind::ObjectKind;
use domain::round::RoundStatus;
use domain::{Party, Refusal, RefusalCode, Timestamp};
use serde_json::json;
use store::entity::units;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::place;
use crate::error::{Error, Result};
use crate::inspection::read::check_side;
use crate::unit_of_work::NewEvent;

impl DefectCommandContext {
    /// Moves the defect to another unit of the project: to the room of the same code, and to the inspection of the unit
    /// in the same round. Signed content never loses a defect. The inspections of both units are locked.
    pub(super) async fn relocate(&mut self, unit_id: Option<UnitId>) -> Result<()> {
        let Some(unit_id) = unit_id.filter(|id| *id != self.defect.unit_id) else { return Ok(()) };
        let unit = place::unit(&self.work, &self.caller, unit_id).await?;
        if unit.project_id != self.defect.project_id {
            return Err(Error::not_found("unitId"));
        }
        if self.duplicate_group.iter().any(|other| other.duplicate_of == Some(self.defect.id)) {
            return Err(Refusal::at(RefusalCode::OtherUnit, "unitId").into());
        }
        self.check_owners_words().await?;
        self.check_signed().await?;
        self.change_inspection(unit_id).await?;
        self.change_room(&unit).await?;
        // The submission in that unit does not cover it.
        self.defect.late_for_id = match self.defect.inspection_id {
            Some(_) => None,
            None => store::inspections::submitted_of_unit(&self.work.tx, unit.id).await?,
        };
        self.defect.unit_id = unit.id;
        self.defect.building_id = unit.building_id;
        self.defect.place_order = unit.place_order;
        Ok(())
    }

    /// An owner's findings, texts and photos are not shown to the owners of another home.
    async fn check_owners_words(&self) -> Result<()> {
        let (tx, id) = (&self.work.tx, self.defect.id);
        let owners = self.defect.owner_finding
            || store::defects::has_comments_of(tx, id, Party::Customer).await?
            || store::photos::has_photos_of_owners(tx, id).await?;
        if owners { Err(Refusal::at(RefusalCode::OwnersFinding, "unitId").into()) } else { Ok(()) }
    }

    /// A submission or signature of the unit never loses a defect that it shows.
    async fn check_signed(&self) -> Result<()> {
        let (unit_id, recorded_at) = (self.defect.unit_id, Timestamp(self.defect.recorded_at));
        match store::inspections::covering(&self.work.tx, unit_id, recorded_at).await? {
            Some(status) => Err(Refusal::at(RefusalCode::WrongState, "unitId").with("status", status).into()),
            None => Ok(()),
        }
    }

    async fn change_room(&mut self, unit: &units::Model) -> Result<()> {
        let tx = &self.work.tx;
        let room = match self.defect.room_id {
            Some(room_id) => store::units::room(tx, self.defect.unit_id, room_id).await?,
            None => None,
        };
        self.defect.room_id = match room {
            Some(room) => store::units::room_of_code(tx, unit.id, &room.code).await?.map(|room| room.id),
            None => None,
        };
        let plan = match (unit.unit_type_id, self.defect.plan_id) {
            (Some(unit_type_id), Some(plan_id)) => store::places::plan(tx, unit_type_id, Some(plan_id)).await?,
            _ => None,
        };
        if plan.is_none() {
            (self.defect.pin_x, self.defect.pin_y, self.defect.plan_id) = (None, None, None);
        }
        Ok(())
    }

    async fn change_inspection(&mut self, unit_id: UnitId) -> Result<()> {
        let Some(inspection_id) = self.defect.inspection_id else { return Ok(()) };
        let tx = &self.work.tx;
        let old = store::inspections::lock_shared(tx, inspection_id).await?;
        let (old, round) = old.ok_or_else(|| Error::internal("a defect of an inspection that is not there"))?;
        let status: InspectionStatus = old.status;
        if status.is_inspected() {
            return Err(Refusal::at(RefusalCode::WrongState, "unitId").with("status", status).into());
        }
        if round.status != RoundStatus::Open {
            return Err(Refusal::at(RefusalCode::RoundNotOpen, "unitId").into());
        }
        let other = store::inspections::lock_shared_in_round(tx, round.id, unit_id).await?;
        let other = other.filter(|row| !row.status.is_inspected());
        if let Some(other) = &other {
            check_side(tx, &self.actor, other.id, "unitId").await?;
        }
        self.defect.inspection_id = other.as_ref().map(|row| row.id);
        if other.is_none() {
            (self.defect.round_id, self.defect.check_item_id) = (None, None);
        }
        Ok(())
    }

    /// Marks the comments, attempts and photos of a moved defect as changed, and adds an event to the histories of both
    /// units.
    pub(super) async fn add_relocation_events(&mut self, before: &DefectRow) -> Result<()> {
        let (from, to) = (before.unit_id, self.defect.unit_id);
        if from == to {
            return Ok(());
        }
        store::photos::move_with_defect(&self.work.tx, self.defect.id, to).await?;
        // Viewers of the other unit see the defect for the first time.
        self.mark_children_changed().await?;
        self.work.mark_defect_moved(self.defect.id, from);
        let data = json!({ "fromUnitId": from, "toUnitId": to });
        for unit_id in [from, to] {
            self.work.add_event_without_change(NewEvent {
                unit_id: Some(unit_id),
                defect_id: Some(self.defect.id),
                data: data.clone(),
                ..NewEvent::new(EventName::DefectMoved, ObjectKind::Defect, self.defect.id, self.occurred_at)
            });
            // Its defects hold up the delivery of one unit less and of one more.
            self.work.mark_readiness_changed(unit_id);
        }
        Ok(())
    }
}
