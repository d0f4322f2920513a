//! Record results and measurements in a unit inspection: each company for itself. The newest one counts, and the event
//! keeps the value before.

mod check;
pub mod clear;
mod differ;
mod input;

use domain::inspection::{InspectionCommand, InspectionStatus};
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::{Value, json};

use super::InspectionRow;
use super::command_context::InspectionCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::redacted::Redacted;

pub use input::{MeasurementInput, RecordResults, ResultInput};

/// Most results, and most measurements, of one command.
pub const RECORD_LIMIT: usize = 500;

/// The recorded results.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The unit inspection.
    pub inspection: Redacted<InspectionRow>,
    /// Why single entries were not recorded, each at its place in the input.
    pub refusals: Vec<Refusal>,
}

/// Records; begins a planned inspection by itself. The same content again changes nothing.
///
/// # Errors
/// The rule's refusal, refusals of single entries at their place in the input, or an internal error.
pub async fn record_results(ctx: Context<'_>, input: RecordResults) -> Result<Recorded> {
    let too_many = |field| Refusal::at(RefusalCode::TooMany, field).with("limit", RECORD_LIMIT);
    if input.results.len() > RECORD_LIMIT {
        return Err(too_many("results").into());
    }
    if input.measurements.len() > RECORD_LIMIT {
        return Err(too_many("measurements").into());
    }
    let mut command = InspectionCommandContext::open(ctx, input.header).await?;
    let before = command.inspection.clone();
    let begins = command.facts.status == InspectionStatus::Planned;
    if begins {
        command.permit(InspectionCommand::Start)?;
        command.begin();
    }
    command.permit(InspectionCommand::Record)?;
    let company_id = command.actor.company_id().ok_or(RefusalCode::RoleNotAllowed)?;
    let mut checked = check::check_entries(&command, &input).await?;
    let mut changes = differ::differences(&command, company_id, &mut checked).await?;
    checked.require_sound_entry()?;
    let refusals = std::mem::take(&mut checked.refusals);
    if let (false, Some(operation)) = (changes.conflicts.is_empty(), &command.work.operation) {
        operation.conflict(std::mem::take(&mut changes.conflicts));
    }
    if let (false, Some(operation)) = (refusals.is_empty(), &command.work.operation) {
        operation.refused_partly(refusals.clone());
    }
    if changes.is_empty() {
        // As it was, also when it would only have been begun: nothing was found, so nothing begins.
        return Ok(Recorded { inspection: Redacted::of(ctx.caller, before), refusals });
    }
    store::inspections::save_measurements(&command.work.tx, &changes.measurements).await?;
    store::inspections::save_results(&command.work.tx, &changes.results).await?;
    let unit_id = Some(command.inspection.unit_id);
    for row in &changes.measurements {
        command.work.mark_changed(ObjectKind::Measurement, row.id, unit_id);
    }
    for row in &changes.results {
        command.work.mark_changed(ObjectKind::CheckResult, row.id, unit_id);
    }
    if begins {
        command.add_event(InspectionCommand::Start, None, Value::Null);
    }
    let data = json!({ "results": changes.result_history, "measurements": changes.measurement_history });
    let inspection = command.finish(InspectionCommand::Record, None, data).await?;
    Ok(Recorded { inspection, refusals })
}
