//! Hold and resume: stop the due clock with a reason, and let it run again.

use domain::Caller;
use domain::defect::DefectCommand;
use domain::defect::transition::Step;
use domain::text::{NOTE_LIMIT, required};
use serde_json::Value;

use super::DefectRow;
use super::case::{Case, Head};
use crate::App;
use crate::error::Result;

/// Puts a defect on hold.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn hold(app: &App, caller: &Caller, head: Head, reason: &str) -> Result<DefectRow> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open(app, caller, head).await?;
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
pub async fn resume(app: &App, caller: &Caller, head: Head) -> Result<DefectRow> {
    let mut case = Case::open(app, caller, head).await?;
    case.permit(DefectCommand::Resume)?;
    case.apply(Step::Resume).await?;
    case.defect.held_since = None;
    case.defect.hold_reason = None;
    case.finish(DefectCommand::Resume, None, Value::Null).await
}
