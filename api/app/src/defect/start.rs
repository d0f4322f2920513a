//! Begin the repair.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use serde_json::{Value, json};

use super::DefectRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// The responsible contractor begins the repair. A worker who begins what nobody is named for takes it on.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn start(ctx: Context<'_>, header: CommandHeader) -> Result<DefectRow> {
    let mut case = Case::open(ctx, header).await?;
    case.permit(DefectCommand::Start)?;
    case.apply(Step::Start).await?;
    let takes_on = case.defect.assignee_id.is_none() && case.actor.role() == domain::Role::Worker;
    if takes_on {
        case.defect.assignee_id = Some(case.actor.person_id);
    }
    let data = if takes_on { json!({ "assigneeId": case.defect.assignee_id }) } else { Value::Null };
    case.finish(DefectCommand::Start, None, data).await
}
