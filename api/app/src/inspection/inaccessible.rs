//! Say that the unit could not be entered.

use domain::id::InspectionId;
use domain::inspection::InspectionCommand;
use serde_json::Value;

use super::InspectionRow;
use super::command_context::InspectionCommandContext;
use super::reopen::reason;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;
use crate::redacted::Redacted;

/// Marks the unit inaccessible in this round, with the reason: it counts as not inspected.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, or an internal error.
pub async fn mark_inaccessible(
    ctx: Context<'_>,
    input: ReasonedCommand<InspectionId>,
) -> Result<Redacted<InspectionRow>> {
    let mut command = InspectionCommandContext::open(ctx, input.header).await?;
    command.permit(InspectionCommand::MarkInaccessible)?;
    let why = reason(&input.reason)?;
    command.apply(InspectionCommand::MarkInaccessible);
    command.inspection.inaccessible_reason = Some(why.clone());
    command.finish(InspectionCommand::MarkInaccessible, Some(why), Value::Null).await
}
