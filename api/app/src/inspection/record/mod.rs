//! Record results and measurements in a unit inspection: each company for itself, the newest wins, the event keeps what
//! it was before.

mod check;
pub mod clear;
mod differ;
mod input;

use domain::inspection::{InspectionCommand, InspectionStatus};
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::{Value, json};

use super::InspectionRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;

pub use input::{MeasurementInput, Record, ResultInput};

/// Most results, and most measurements, of one command.
pub const RECORD_LIMIT: usize = 500;

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The unit inspection.
    pub inspection: InspectionRow,
    /// Why single entries were not recorded, each at its place in the input.
    pub refusals: Vec<Refusal>,
}

/// Records; begins a planned inspection by itself. The same content again changes nothing.
///
/// # Errors
/// The rule's refusal, refusals of single entries at their place in the input, or a fault of ours.
pub async fn record(ctx: Context<'_>, input: Record) -> Result<Recorded> {
    let too_many = |field| Refusal::at(RefusalCode::TooMany, field).with("limit", RECORD_LIMIT);
    if input.results.len() > RECORD_LIMIT {
        return Err(too_many("results").into());
    }
    if input.measurements.len() > RECORD_LIMIT {
        return Err(too_many("measurements").into());
    }
    let mut case = Case::open(ctx, input.header).await?;
    let before = case.inspection.clone();
    let begins = case.facts.status == InspectionStatus::Planned;
    if begins {
        case.permit(InspectionCommand::Start)?;
        case.begin();
    }
    case.permit(InspectionCommand::Record)?;
    let company_id = case.actor.company_id().ok_or(RefusalCode::RoleNotAllowed)?;
    let mut checked = check::check(&case, &input).await?;
    let mut changes = differ::differences(&case, company_id, &mut checked).await?;
    checked.require_sound_entry()?;
    let refusals = std::mem::take(&mut checked.refusals);
    if let (false, Some(operation)) = (changes.conflicts.is_empty(), &case.work.operation) {
        operation.conflict(std::mem::take(&mut changes.conflicts));
    }
    if let (false, Some(operation)) = (refusals.is_empty(), &case.work.operation) {
        operation.refused_partly(refusals.clone());
    }
    if changes.is_empty() {
        // As it was, also when it would only have been begun: nothing was found, so nothing begins.
        return Ok(Recorded { inspection: before, refusals });
    }
    store::inspections::save_measurements(&case.work.tx, &changes.measurements).await?;
    store::inspections::save_results(&case.work.tx, &changes.results).await?;
    let unit_id = Some(case.inspection.unit_id);
    for row in &changes.measurements {
        case.work.changed(ObjectKind::Measurement, row.id, unit_id);
    }
    for row in &changes.results {
        case.work.changed(ObjectKind::CheckResult, row.id, unit_id);
    }
    if begins {
        case.tell(InspectionCommand::Start, None, Value::Null);
    }
    let data = json!({ "results": changes.result_history, "measurements": changes.measurement_history });
    let inspection = case.finish(InspectionCommand::Record, None, data).await?;
    Ok(Recorded { inspection, refusals })
}
