//! Hold and resume: stop the due clock with a reason, and let it run again.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::id::DefectId;
use domain::text::{NOTE_LIMIT, required};
use serde_json::Value;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::{CommandHeader, ReasonedCommand};
use crate::redacted::Redacted;

/// Puts a defect on hold.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn hold(ctx: Context<'_>, input: ReasonedCommand<DefectId>) -> Result<Redacted<DefectRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    command.permit(DefectCommand::Hold)?;
    command.apply(Step::Hold).await?;
    command.defect.held_since = Some(command.work.now.0);
    command.defect.hold_reason = Some(reason.clone());
    command.finish(DefectCommand::Hold, Some(reason), Value::Null).await
}

/// Takes a defect from hold.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn resume(ctx: Context<'_>, header: CommandHeader<DefectId>) -> Result<Redacted<DefectRow>> {
    let mut command = DefectCommandContext::open(ctx, header).await?;
    command.permit(DefectCommand::Resume)?;
    command.apply(Step::Resume).await?;
    command.defect.held_since = None;
    command.defect.hold_reason = None;
    command.finish(DefectCommand::Resume, None, Value::Null).await
}
