//! Say that nobody could get into the unit.

use domain::inspection::InspectionCommand;
use serde_json::Value;

use super::InspectionRow;
use super::case::Case;
use super::reopen::reason;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;

/// Marks the unit inaccessible in this round, with the reason: it counts as not inspected.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, or a fault of ours.
pub async fn mark_inaccessible(ctx: Context<'_>, input: ReasonedCommand) -> Result<InspectionRow> {
    let mut case = Case::open(ctx, input.header).await?;
    case.permit(InspectionCommand::MarkInaccessible)?;
    let why = reason(&input.reason)?;
    case.apply(InspectionCommand::MarkInaccessible);
    case.inspection.inaccessible_reason = Some(why.clone());
    case.finish(InspectionCommand::MarkInaccessible, Some(why), Value::Null).await
}
