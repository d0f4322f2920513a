//! Checks the results sent by a tablet: the rooms belong to the unit, the items belong to the round's checklist and to
//! such rooms, the readings can be judged. All faults are named at once, each at its place; entries without a fault are
//! recorded.

use std::collections::{HashMap, HashSet};

use domain::id::{ChecklistItemId, RoomId};
use domain::inspection::CheckOutcome;
use domain::measurement::{Judgement, MeasurementRule};
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use store::entity::{checklist_items, measurement_rules, rooms};

use super::input::{MeasurementInput, RecordResults};
use crate::error::{self, Error};
use crate::inspection::command_context::InspectionCommandContext;

/// A room and a checklist item of it.
pub(super) type Place = (RoomId, ChecklistItemId);

/// A result that may be recorded.
pub(super) struct CheckedResult {
    /// Its place among the results of the input; none for one that readings give.
    pub(super) entry: Option<usize>,
    pub(super) at: Place,
    pub(super) outcome: CheckOutcome,
    pub(super) note: Option<String>,
}

/// A measurement that was judged.
pub(super) struct CheckedMeasurement {
    pub(super) at: Place,
    pub(super) rule_code: String,
    pub(super) design: Option<String>,
    pub(super) readings: Vec<String>,
    pub(super) judgement: Judgement,
}

/// What of an input has no faults, and the faults of the rest.
pub(super) struct Checked {
    pub(super) results: Vec<CheckedResult>,
    pub(super) measurements: Vec<CheckedMeasurement>,
    pub(super) refusals: Vec<Refusal>,
}

/// What may be named: the unit's rooms, the checklist's items, the project's rules.
struct Known {
    rooms: HashMap<RoomId, rooms::Model>,
    items: HashMap<ChecklistItemId, checklist_items::Model>,
    rules: HashMap<String, measurement_rules::Model>,
}

impl Checked {
    /// Refuses an input without a sound entry.
    pub(super) fn require_sound_entry(&self) -> error::Result<()> {
        let has_any = !self.results.is_empty() || !self.measurements.is_empty();
        if has_any || self.refusals.is_empty() { Ok(()) } else { Err(Error::Refused(self.refusals.clone())) }
    }
}

/// Checks each entry of the input for itself: a fault of one does not hold up the others.
pub(super) async fn check_entries(command: &InspectionCommandContext, input: &RecordResults) -> error::Result<Checked> {
    let known = Known::load(command, !input.measurements.is_empty()).await?;
    let mut checked = Checked { results: Vec::new(), measurements: Vec::new(), refusals: Vec::new() };
    let mut places = HashSet::new();
    for (n, entry) in input.results.iter().enumerate() {
        let at = (entry.room_id, entry.item_id);
        let sound = known.place(at, &mut places).and_then(|_| optional(entry.note.as_deref(), NOTE_LIMIT, "note"));
        match sound {
            Ok(note) => {
                checked.results.push(CheckedResult { entry: Some(n), at, outcome: entry.outcome, note });
            }
            Err(refusal) => checked.refusals.push(refusal.under(&format!("results.{n}"))),
        }
    }
    places.clear();
    for (n, entry) in input.measurements.iter().enumerate() {
        match known.measurement(entry, &mut places) {
            Ok(measurement) => checked.measurements.push(measurement),
            Err(refusal) => checked.refusals.push(refusal.under(&format!("measurements.{n}"))),
        }
    }
    Ok(checked)
}

impl Known {
    async fn load(command: &InspectionCommandContext, with_rules: bool) -> error::Result<Self> {
        let tx = &command.work.tx;
        let rooms = store::inspections::rooms_of(tx, &[command.inspection.unit_id]).await?;
        let items = store::checklists::items_of(tx, &[command.round.checklist_version_id]).await?;
        let rules = match with_rules {
            true => store::checklists::rules_in(tx, command.inspection.project_id).await?,
            false => Vec::new(),
        };
        Ok(Self {
            rooms: rooms.into_iter().map(|row| (row.id, row)).collect(),
            items: items.into_iter().map(|row| (row.id, row)).collect(),
            rules: rules.into_iter().map(|row| (row.code.clone(), row)).collect(),
        })
    }

    /// The item, if it is looked at in the room and not named twice.
    fn place(&self, at: Place, places: &mut HashSet<Place>) -> Result<&checklist_items::Model, Refusal> {
        let invalid = |en: &str, zh: &str| Refusal::at(RefusalCode::InvalidValue, "itemId").because(en, zh);
        let room = self.rooms.get(&at.0).ok_or_else(|| Refusal::at(RefusalCode::RoomNotInUnit, "roomId"))?;
        let item = self.items.get(&at.1).ok_or_else(|| Refusal::at(RefusalCode::NotFound, "itemId"))?;
        if item.room_type != room.room_type {
            return Err(invalid("this item is not looked at in rooms of this type", "此类房间不检查该项"));
        }
        if !places.insert(at) {
            return Err(invalid("this item of this room is named twice", "同一房间的该项重复"));
        }
        Ok(item)
    }

    fn measurement(
        &self,
        entry: &MeasurementInput,
        places: &mut HashSet<Place>,
    ) -> Result<CheckedMeasurement, Refusal> {
        let at = (entry.room_id, entry.item_id);
        let item = self.place(at, places)?;
        let row = item.measurement_code.as_ref().and_then(|code| self.rules.get(code)).ok_or_else(|| {
            Refusal::at(RefusalCode::InvalidValue, "itemId").because("this item is not measured", "该项无需测量")
        })?;
        let design = entry.design.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let judgement = rule(row)?.judge(&row.unit_of_measure, design, &entry.readings)?;
        let (design, readings) = (judgement.design.clone(), judgement.readings.clone());
        Ok(CheckedMeasurement { at, rule_code: row.code.clone(), design, readings, judgement })
    }
}

/// The rule that a row holds.
fn rule(row: &measurement_rules::Model) -> Result<MeasurementRule, Refusal> {
    let rule = MeasurementRule::new(row.kind, row.tolerance_min.as_deref(), row.tolerance_max.as_deref());
    rule.map_err(|_| {
        let broken = Refusal::at(RefusalCode::ReadingsInvalid, "itemId");
        broken.because("the item's rule cannot judge", "该项的规则无法判定")
    })
}
