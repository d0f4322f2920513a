//! Submit a unit inspection, or list its missing entries.

use domain::Refusal;
use domain::id::InspectionId;
use domain::inspection::missing::check_complete;
use domain::inspection::{InspectionCommand, MissingItem};
use domain::object_kind::ObjectKind;
use serde_json::json;

use super::command_context::InspectionCommandContext;
use super::{InspectionRow, missing};
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// How a submission ended.
#[derive(Debug, Clone)]
pub enum Submission {
    /// Submitted: the parties sign.
    Done(Redacted<InspectionRow>),
    /// Nothing was changed: something is missing.
    Incomplete {
        /// As it stands.
        inspection: Redacted<InspectionRow>,
        /// The missing entries, by room and item.
        missing: Vec<MissingItem>,
        /// Why that is refused.
        refusals: Vec<Refusal>,
    },
}

impl InspectionCommandContext {
    /// Defects that came too late for an earlier submission are covered by this one.
    async fn cover_late(&mut self) -> Result<()> {
        let (id, unit_id) = (self.inspection.id, Some(self.inspection.unit_id));
        for defect_id in store::inspections::cover_late(&self.work.tx, id, self.work.now).await? {
            self.work.mark_changed(ObjectKind::Defect, defect_id, unit_id);
        }
        Ok(())
    }
}

/// Submits. The hash of the content to sign is taken here.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn submit(ctx: Context<'_>, header: CommandHeader<InspectionId>) -> Result<Submission> {
    let mut command = InspectionCommandContext::open(ctx, header).await?;
    command.permit(InspectionCommand::Submit)?;
    let missing =
        missing::missing_items_of_one(&command.work.tx, &command.inspection, command.round.checklist_version_id)
            .await?;
    if let Err(refusals) = check_complete(&missing) {
        return Ok(Submission::Incomplete {
            inspection: Redacted::of(ctx.caller, command.inspection),
            missing,
            refusals,
        });
    }
    command.check_synced().await?;
    command.cover_late().await?;
    let hash = command.store_signed_content().await?;
    let data = json!({ "submissionNo": command.inspection.submission_no, "contentHash": hex::encode(&hash) });
    command.apply(InspectionCommand::Submit);
    command.inspection.content_hash = Some(hash);
    command.inspection.content_at = Some(command.work.now.0);
    command.inspection.submitted_at = Some(command.occurred_at.0);
    command.inspection.submitted_by = Some(command.actor.person_id);
    Ok(Submission::Done(command.finish(InspectionCommand::Submit, None, data).await?))
}
