//! Open a closed defect again.

use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::text::{NOTE_LIMIT, required};
use serde_json::Value;

use super::DefectRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;

/// Reopens a closed defect, with a reason: it goes back to the company that was responsible, the clock counts anew.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn reopen(ctx: Context<'_>, input: ReasonedCommand) -> Result<DefectRow> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open(ctx, input.header).await?;
    case.permit(DefectCommand::Reopen)?;
    case.apply(Step::Reopen).await?;
    case.drop_former_assignee().await?;
    case.defect.reopened_count += 1;
    if case.defect.attempt_count == 1 {
        // Whoever opens it again says, as by a failing verdict, that the first attempt was not good enough.
        case.defect.first_attempt_passed = Some(false);
    }
    case.defect.closed_at = None;
    case.defect.fixed_at = None;
    if case.defect.responsible_company_id.is_some() {
        case.defect.assigned_at = Some(case.work.now.0);
    }
    case.finish(DefectCommand::Reopen, Some(reason), Value::Null).await
}
