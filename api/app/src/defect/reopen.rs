//! Open a closed defect again.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::id::DefectId;
use domain::text::{NOTE_LIMIT, required};
use serde_json::Value;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;
use crate::redacted::Redacted;

/// Reopens a closed defect, with a reason: it goes back to the company that was responsible, the clock counts anew.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn reopen(ctx: Context<'_>, input: ReasonedCommand<DefectId>) -> Result<Redacted<DefectRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    command.permit(DefectCommand::Reopen)?;
    command.apply(Step::Reopen).await?;
    command.drop_former_assignee().await?;
    command.defect.reopened_count += 1;
    if command.defect.attempt_count == 1 {
        // A reopening says, like a failing verdict, that the first attempt was not good enough.
        command.defect.first_attempt_passed = Some(false);
    }
    command.defect.closed_at = None;
    command.defect.fixed_at = None;
    if command.defect.responsible_company_id.is_some() {
        command.defect.assigned_at = Some(command.work.now.0);
        command.defect.shown_assigned_at = command.defect.assigned_at;
    }
    command.finish(DefectCommand::Reopen, Some(reason), Value::Null).await
}
