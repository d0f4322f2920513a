//! Say that nobody could get into the unit.

use domain::Caller;
use domain::inspection::InspectionCommand;
use serde_json::Value;

use super::InspectionRow;
use super::case::{Case, Head};
use super::reopen::reason;
use crate::App;
use crate::error::Result;

/// Marks the unit inaccessible in this round, with the reason: it counts as not inspected.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, or a fault of ours.
pub async fn mark_inaccessible(app: &App, caller: &Caller, head: Head, why: &str) -> Result<InspectionRow> {
    let mut case = Case::open(app, caller, head).await?;
    case.permit(InspectionCommand::MarkInaccessible)?;
    let why = reason(why)?;
    case.apply(InspectionCommand::MarkInaccessible);
    case.inspection.inaccessible_reason = Some(why.clone());
    case.finish(InspectionCommand::MarkInaccessible, Some(why), Value::Null).await
}
