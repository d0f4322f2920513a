//! Take a submitted or signed unit inspection up again.

use domain::inspection::InspectionCommand;
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;

use super::InspectionRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;

/// Reopens with a reason. The signatures stay as history; the next submission is a new one, to be signed anew.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, or a fault of ours.
pub async fn reopen(ctx: Context<'_>, input: ReasonedCommand) -> Result<InspectionRow> {
    let mut case = Case::open(ctx, input.header).await?;
    case.permit(InspectionCommand::Reopen)?;
    let why = reason(&input.reason)?;
    let (id, unit_id) = (case.inspection.id, case.inspection.unit_id);
    let superseded = store::inspections::supersede_signatures(&case.work.tx, id, case.work.now).await?;
    for &signature_id in &superseded {
        case.work.changed(ObjectKind::Signature, signature_id, Some(unit_id));
    }
    let data = json!({
        "submissionNo": case.inspection.submission_no,
        "contentHash": case.inspection.content_hash.as_ref().map(hex::encode),
        "signatures": superseded,
    });
    case.apply(InspectionCommand::Reopen);
    case.inspection.submission_no += 1;
    case.inspection.submitted_at = None;
    case.inspection.submitted_by = None;
    case.inspection.content_hash = None;
    case.inspection.content_at = None;
    case.finish(InspectionCommand::Reopen, Some(why), data).await
}

/// A reason that must be given.
///
/// # Errors
/// `REASON_REQUIRED` or a fault of the text, at `reason`.
pub(super) fn reason(text: &str) -> Result<String> {
    let given = optional(Some(text), NOTE_LIMIT, "reason")?;
    Ok(given.ok_or_else(|| Refusal::at(RefusalCode::ReasonRequired, "reason"))?)
}
