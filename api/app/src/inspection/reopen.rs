//! Take a submitted or signed unit inspection up again.

use domain::id::InspectionId;
use domain::inspection::InspectionCommand;
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;

use super::InspectionRow;
use super::command_context::InspectionCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::ReasonedCommand;
use crate::redacted::Redacted;

/// Reopens with a reason. The signatures stay as history; the next submission is a new one, to be signed anew.
///
/// # Errors
/// The rule's refusal, `REASON_REQUIRED`, or an internal error.
pub async fn reopen(ctx: Context<'_>, input: ReasonedCommand<InspectionId>) -> Result<Redacted<InspectionRow>> {
    let mut command = InspectionCommandContext::open(ctx, input.header).await?;
    command.permit(InspectionCommand::Reopen)?;
    let why = reason(&input.reason)?;
    let (id, unit_id) = (command.inspection.id, command.inspection.unit_id);
    let superseded = store::inspections::supersede_signatures(&command.work.tx, id, command.work.now).await?;
    for &signature_id in &superseded {
        command.work.mark_changed(ObjectKind::Signature, signature_id, Some(unit_id));
    }
    let data = json!({
        "submissionNo": command.inspection.submission_no,
        "contentHash": command.inspection.content_hash.as_ref().map(hex::encode),
        "signatures": superseded,
    });
    command.apply(InspectionCommand::Reopen);
    command.inspection.submission_no += 1;
    command.inspection.submitted_at = None;
    command.inspection.submitted_by = None;
    command.inspection.content_hash = None;
    command.inspection.content_at = None;
    command.finish(InspectionCommand::Reopen, Some(why), data).await
}

/// A reason that must be given.
///
/// # Errors
/// `REASON_REQUIRED` or a fault of the text, at `reason`.
pub(super) fn reason(text: &str) -> Result<String> {
    let given = optional(Some(text), NOTE_LIMIT, "reason")?;
    Ok(given.ok_or_else(|| Refusal::at(RefusalCode::ReasonRequired, "reason"))?)
}
