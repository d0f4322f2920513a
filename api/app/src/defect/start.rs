//! Begin the repair.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::id::DefectId;
use serde_json::{Value, json};

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// The responsible contractor begins the repair. A worker who begins a defect without an assignee becomes its assignee.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn start(ctx: Context<'_>, header: CommandHeader<DefectId>) -> Result<Redacted<DefectRow>> {
    let mut command = DefectCommandContext::open(ctx, header).await?;
    command.permit(DefectCommand::Start)?;
    command.apply(Step::Start).await?;
    let takes_on = command.defect.assignee_id.is_none() && command.actor.role() == domain::Role::Worker;
    if takes_on {
        command.defect.assignee_id = Some(command.actor.person_id);
    }
    let data = if takes_on { json!({ "assigneeId": command.defect.assignee_id }) } else { Value::Null };
    command.finish(DefectCommand::Start, None, data).await
}
