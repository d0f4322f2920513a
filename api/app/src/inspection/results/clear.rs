//! Take results back that were given by hand: the measured result counts again, or there is none.

use std::collections::{HashMap, HashSet};

use domain::id::{CheckResultId, ChecklistItemId, CompanyId, InspectionId, RoomId};
use domain::inspection::InspectionCommand;
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::{Value, json};
use store::entity::{check_results, measurements};

use super::check::Place;
use super::differ::{conflict, measured};
use super::{RECORD_LIMIT, Recorded};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::CommandHeader;
use crate::inspection::command_context::InspectionCommandContext;
use crate::inspection::reopen::reason;
use crate::operation::{FieldConflict, OperationContext};

/// Results to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearResults {
    /// The unit inspection.
    pub header: CommandHeader<InspectionId>,
    /// Their rooms and checklist items.
    pub places: Vec<(RoomId, ChecklistItemId)>,
    /// Why.
    pub reason: String,
}

/// Takes back results of the own company. A result that the readings give stays as it is, and a place without an own
/// result is refused alone.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, `NOT_FOUND` at each place if none has an own result, or an internal error.
pub async fn clear_results(ctx: Context<'_>, input: ClearResults) -> Result<Recorded> {
    if input.places.len() > RECORD_LIMIT {
        return Err(Refusal::at(RefusalCode::TooMany, "places").with("limit", RECORD_LIMIT).into());
    }
    let mut command = InspectionCommandContext::open(ctx, input.header).await?;
    command.permit(InspectionCommand::Record)?;
    let why = reason(&input.reason)?;
    let company_id = command.actor.company_id().ok_or(RefusalCode::RoleNotAllowed)?;
    let own = Own::load(&command, company_id).await?;
    let mut cleared = own.clear(&command, &input.places)?;
    let refusals = std::mem::take(&mut cleared.refusals);
    if let (false, Some(operation)) = (cleared.conflicts.is_empty(), &command.work.operation) {
        operation.conflict(std::mem::take(&mut cleared.conflicts));
    }
    if let (false, Some(operation)) = (refusals.is_empty(), &command.work.operation) {
        operation.refused_partly(refusals.clone());
    }
    if cleared.history.is_empty() {
        return Ok(Recorded { inspection: command.unchanged(), refusals });
    }
    store::inspections::save_results(&command.work.tx, &cleared.measured).await?;
    store::inspections::delete_results(&command.work.tx, &cleared.removed).await?;
    let unit_id = Some(command.inspection.unit_id);
    for row in &cleared.measured {
        command.work.mark_changed(ObjectKind::CheckResult, row.id, unit_id);
    }
    for &id in &cleared.removed {
        command.work.mark_removed(ObjectKind::CheckResult, id);
    }
    let data = json!({ "results": cleared.history, "measurements": [], "cleared": true });
    let inspection = command.finish(InspectionCommand::Record, Some(why), data).await?;
    Ok(Recorded { inspection, refusals })
}

/// What the own company has recorded, by place.
struct Own {
    results: HashMap<Place, check_results::Model>,
    measurements: HashMap<Place, measurements::Model>,
}

impl Own {
    async fn load(command: &InspectionCommandContext, company_id: CompanyId) -> Result<Self> {
        let (tx, ids) = (&command.work.tx, [command.inspection.id]);
        let results = store::inspections::own_results(tx, &ids, Some(company_id)).await?;
        let measured = store::inspections::own_measurements(tx, &ids, Some(company_id)).await?;
        Ok(Self {
            results: results.into_iter().map(|row| ((row.room_id, row.item_id), row)).collect(),
            measurements: measured.into_iter().map(|row| ((row.room_id, row.item_id), row)).collect(),
        })
    }

    /// Clears the results at these places. A result that another person or device of the company has recorded since the
    /// version that the client saw stays.
    fn clear(&self, command: &InspectionCommandContext, places: &[Place]) -> Result<Cleared> {
        let (mut cleared, mut named) = (Cleared::default(), HashSet::new());
        for (n, place) in places.iter().enumerate().filter(|(_, place)| named.insert(**place)) {
            match self.results.get(place) {
                Some(row) if row.measurement_id.is_some() => {}
                Some(row) if command.is_recorded_by_others(row.changed_in, row.person_id, row.changed_device) => {
                    cleared.add_conflict(row);
                }
                Some(row) => cleared.clear_result(command, row, self.measurements.get(place)),
                None => cleared.refusals.push(Refusal::at(RefusalCode::NotFound, &format!("places.{n}"))),
            }
        }
        let has_any = cleared.refusals.len() < named.len();
        if has_any || named.is_empty() { Ok(cleared) } else { Err(Error::Refused(cleared.refusals)) }
    }
}

/// Results that are taken back.
#[derive(Default)]
struct Cleared {
    measured: Vec<check_results::Model>,
    removed: Vec<CheckResultId>,
    history: Vec<Value>,
    /// The places without an own result.
    refusals: Vec<Refusal>,
    /// What others of the company have given since the device saw the inspection.
    conflicts: Vec<FieldConflict>,
}

impl Cleared {
    fn add_conflict(&mut self, row: &check_results::Model) {
        let yours = json!({ "roomId": row.room_id, "itemId": row.item_id });
        let theirs = json!({ "roomId": row.room_id, "itemId": row.item_id, "result": row.result, "note": row.note });
        self.conflicts.push(conflict("places", yours, theirs, (row.recorded_at, row.person_id)));
    }

    fn clear_result(
        &mut self,
        command: &InspectionCommandContext,
        row: &check_results::Model,
        measurement: Option<&measurements::Model>,
    ) {
        let was = json!({ "result": row.result, "note": row.note });
        let is = measurement.map(|measurement| json!({ "result": measured(measurement.in_tolerance) }));
        self.history.push(json!({ "roomId": row.room_id, "itemId": row.item_id, "from": was, "to": is }));
        let Some(measurement) = measurement else {
            self.removed.push(row.id);
            return;
        };
        self.measured.push(check_results::Model {
            result: measured(measurement.in_tolerance),
            note: None,
            measurement_id: Some(measurement.id),
            person_id: command.actor.person_id,
            occurred_at: command.occurred_at.0,
            recorded_at: command.work.now.0,
            version: row.version + 1,
            changed_in: Some(command.version() + 1),
            changed_device: command.work.operation.as_ref().map(OperationContext::device_id),
            ..row.clone()
        });
    }
}
