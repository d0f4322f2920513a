//! Hold and resume: stop the due clock with a reason, and let it run again.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::text::{NOTE_LIMIT, required};
use serde_json::Value;

use super::DefectRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::{CommandHeader, ReasonedCommand};

/// Puts a defect on hold.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn hold(ctx: Context<'_>, input: ReasonedCommand) -> Result<DefectRow> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open(ctx, input.header).await?;
    case.permit(DefectCommand::Hold)?;
    case.apply(Step::Hold).await?;
    case.defect.held_since = Some(case.work.now.0);
    case.defect.hold_reason = Some(reason.clone());
    case.finish(DefectCommand::Hold, Some(reason), Value::Null).await
}

/// Takes a defect from hold.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn resume(ctx: Context<'_>, header: CommandHeader) -> Result<DefectRow> {
    let mut case = Case::open(ctx, header).await?;
    case.permit(DefectCommand::Resume)?;
    case.apply(Step::Resume).await?;
    case.defect.held_since = None;
    case.defect.hold_reason = None;
    case.finish(DefectCommand::Resume, None, Value::Null).await
}
