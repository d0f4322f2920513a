//! What a record changes: only what differs from what the own company recorded before.

use std::collections::HashMap;

use domain::id::{CompanyId, DeviceId, MeasurementId, PersonId};
use domain::inspection::CheckOutcome;
use domain::{Refusal, RefusalCode, Timestamp};
use serde_json::{Value, json};
use store::entity::{check_results, measurements};

use super::check::{Checked, CheckedMeasurement, CheckedResult, Place};
use crate::error::Result;
use crate::inspection::command_context::InspectionCommandContext;
use crate::operation::{Change, FieldConflict, OperationContext};

/// Rows to be written, and each as it was before, for the event.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) results: Vec<check_results::Model>,
    pub(super) measurements: Vec<measurements::Model>,
    pub(super) result_history: Vec<Value>,
    pub(super) measurement_history: Vec<Value>,
    /// What others of the company have recorded otherwise since the device saw the inspection: theirs stays.
    pub(super) conflicts: Vec<FieldConflict>,
}

impl Changes {
    pub(super) const fn is_empty(&self) -> bool {
        self.results.is_empty() && self.measurements.is_empty()
    }
}

/// Compares the input with the company's records. A result without the reason that it needs is refused alone: it moves
/// to the refusals of the input.
pub(super) async fn differences(
    command: &InspectionCommandContext,
    company_id: CompanyId,
    checked: &mut Checked,
) -> Result<Changes> {
    let (tx, ids) = (&command.work.tx, [command.inspection.id]);
    let results = store::inspections::own_results(tx, &ids, Some(company_id)).await?;
    let measurements = store::inspections::own_measurements(tx, &ids, Some(company_id)).await?;
    let differ = Differ {
        command,
        company_id,
        results: results.into_iter().map(|row| ((row.room_id, row.item_id), row)).collect(),
        measurements: measurements.into_iter().map(|row| ((row.room_id, row.item_id), row)).collect(),
    };
    differ.refuse_without_reasons(checked);
    let mut changes = Changes::default();
    for result in &checked.results {
        differ.result(result, None, &mut changes);
    }
    for measurement in &checked.measurements {
        let measured_before = changes.measurements.len();
        let Some(id) = differ.measurement(measurement, &mut changes) else { continue };
        let is_new = changes.measurements.len() > measured_before;
        let given = checked.results.iter().any(|result| result.at == measurement.at);
        let given_before = differ.results.get(&measurement.at).is_some_and(|row| row.measurement_id.is_none());
        // The rule's judgement is the result, unless a person gives another one; new readings judge again.
        if !given && (is_new || !given_before) {
            let outcome = measured(measurement.judgement.in_tolerance);
            differ.result(
                &CheckedResult { entry: None, at: measurement.at, outcome, note: None },
                Some(id),
                &mut changes,
            );
        }
    }
    Ok(changes)
}

/// The result that readings give.
pub(super) const fn measured(in_tolerance: bool) -> CheckOutcome {
    if in_tolerance { CheckOutcome::Pass } else { CheckOutcome::Fail }
}

impl InspectionCommandContext {
    /// Whether another person or device of the company recorded it after the version that the client saw. Records from
    /// before versions were counted are older than any.
    pub(super) fn is_recorded_by_others(
        &self,
        changed_in: Option<i32>,
        person_id: PersonId,
        device_id: Option<DeviceId>,
    ) -> bool {
        let change = Change { version: Some(changed_in.unwrap_or(0)), by: Some(person_id), device_id };
        self.work.is_by_others(self.version(), change)
    }
}

struct Differ<'a> {
    command: &'a InspectionCommandContext,
    company_id: CompanyId,
    results: HashMap<Place, check_results::Model>,
    measurements: HashMap<Place, measurements::Model>,
}

impl Differ<'_> {
    /// Refuses each result that disagrees with the own readings and gives no reason: the reason is shown beside the
    /// result.
    fn refuse_without_reasons(&self, checked: &mut Checked) {
        let (results, measurements) = (std::mem::take(&mut checked.results), &checked.measurements);
        let (refused, sound): (Vec<_>, Vec<_>) =
            results.into_iter().partition(|result| self.lacks_reason(result, measurements));
        checked.results = sound;
        let places = refused.iter().filter_map(|result| result.entry).map(|entry| format!("results.{entry}.note"));
        checked.refusals.extend(places.map(|place| Refusal::at(RefusalCode::OverrulesReadings, &place)));
    }

    /// Whether the result disagrees with the own readings and gives no reason. A result that others have recorded since
    /// the device saw the inspection is a conflict instead, and a result that was recorded before needs no reason
    /// again.
    fn lacks_reason(&self, result: &CheckedResult, measurements: &[CheckedMeasurement]) -> bool {
        let of_input = measurements.iter().find(|measurement| measurement.at == result.at);
        let in_tolerance = of_input
            .map(|measurement| measurement.judgement.in_tolerance)
            .or_else(|| self.measurements.get(&result.at).map(|row| row.in_tolerance));
        let overrules = in_tolerance.is_some_and(|within| measured(within) != result.outcome);
        let stands = self.results.get(&result.at).is_some_and(|row| {
            let is_same = row.measurement_id.is_none() && row.result == result.outcome;
            let is_theirs = self.command.is_recorded_by_others(row.changed_in, row.person_id, row.changed_device);
            (is_same && row.note == result.note) || is_theirs
        });
        overrules && result.note.is_none() && !stands
    }

    fn result(&self, new: &CheckedResult, measurement_id: Option<MeasurementId>, changes: &mut Changes) {
        let before = self.results.get(&new.at);
        let same = |row: &check_results::Model| {
            row.result == new.outcome && row.note == new.note && row.measurement_id == measurement_id
        };
        if before.is_some_and(same) {
            return;
        }
        if let Some(row) =
            before.filter(|row| self.command.is_recorded_by_others(row.changed_in, row.person_id, row.changed_device))
        {
            let yours = json!({ "roomId": new.at.0, "itemId": new.at.1, "result": new.outcome, "note": new.note });
            let theirs = json!({ "roomId": new.at.0, "itemId": new.at.1, "result": row.result, "note": row.note });
            changes.conflicts.push(conflict("results", yours, theirs, (row.recorded_at, row.person_id)));
            return;
        }
        let was = before.map(|row| json!({ "result": row.result, "note": row.note }));
        let is = json!({ "result": new.outcome, "note": new.note });
        changes.result_history.push(json!({ "roomId": new.at.0, "itemId": new.at.1, "from": was, "to": is }));
        changes.results.push(check_results::Model {
            id: before.map_or_else(|| self.command.work.new_id(), |row| row.id),
            project_id: self.command.inspection.project_id,
            inspection_id: self.command.inspection.id,
            room_id: new.at.0,
            item_id: new.at.1,
            company_id: self.company_id,
            party: self.command.actor.party(),
            result: new.outcome,
            note: new.note.clone(),
            measurement_id,
            person_id: self.command.actor.person_id,
            occurred_at: self.command.occurred_at.0,
            recorded_at: self.command.work.now.0,
            version: before.map_or(1, |row| row.version + 1),
            changed_in: Some(self.command.version() + 1),
            changed_device: self.device_id(),
        });
    }

    fn device_id(&self) -> Option<DeviceId> {
        self.command.work.operation.as_ref().map(OperationContext::device_id)
    }

    /// Returns the measurement's id; none when others have recorded another one meanwhile.
    fn measurement(&self, new: &CheckedMeasurement, changes: &mut Changes) -> Option<MeasurementId> {
        let before = self.measurements.get(&new.at);
        let readings = json!(new.readings);
        let id = before.map_or_else(|| self.command.work.new_id(), |row| row.id);
        let out_of_tolerance = i32::try_from(new.judgement.out_of_tolerance).unwrap_or(i32::MAX);
        let same = |row: &measurements::Model| {
            row.rule_code == new.rule_code
                && row.design == new.design
                && row.readings == readings
                && row.out_of_tolerance == out_of_tolerance
        };
        if before.is_some_and(same) {
            return Some(id);
        }
        if let Some(row) =
            before.filter(|row| self.command.is_recorded_by_others(row.changed_in, row.person_id, row.changed_device))
        {
            let entry = |design: &Option<String>, readings: &Value| json!({ "roomId": new.at.0, "itemId": new.at.1, "design": design, "readings": readings });
            let (yours, theirs) = (entry(&new.design, &readings), entry(&row.design, &row.readings));
            changes.conflicts.push(conflict("measurements", yours, theirs, (row.recorded_at, row.person_id)));
            return None;
        }
        let was = before.map(|row| json!({ "design": row.design, "readings": row.readings }));
        let is = json!({ "design": new.design, "readings": readings, "outOfTolerance": out_of_tolerance });
        changes.measurement_history.push(json!({ "roomId": new.at.0, "itemId": new.at.1, "from": was, "to": is }));
        changes.measurements.push(measurements::Model {
            id,
            project_id: self.command.inspection.project_id,
            inspection_id: self.command.inspection.id,
            room_id: new.at.0,
            item_id: new.at.1,
            rule_code: new.rule_code.clone(),
            company_id: self.company_id,
            party: self.command.actor.party(),
            design: new.design.clone(),
            readings,
            out_of_tolerance,
            in_tolerance: new.judgement.in_tolerance,
            person_id: self.command.actor.person_id,
            occurred_at: self.command.occurred_at.0,
            recorded_at: self.command.work.now.0,
            version: before.map_or(1, |row| row.version + 1),
            changed_in: Some(self.command.version() + 1),
            changed_device: self.device_id(),
        });
        Some(id)
    }
}

pub(super) fn conflict(list: &str, yours: Value, theirs: Value, (at, by): (i64, PersonId)) -> FieldConflict {
    let (changed_at, changed_by) = (Some(Timestamp(at)), Some(by));
    FieldConflict { field: list.to_owned(), yours, theirs, changed_at, changed_by }
}
