//! Say that a unit inspection is complete, or learn what is missing.

use domain::Refusal;
use domain::inspection::missing::check_complete;
use domain::inspection::{InspectionCommand, MissingItem};
use domain::object_kind::ObjectKind;
use serde_json::json;

use super::case::Case;
use super::read::seen_by;
use super::{InspectionRow, missing};
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// How a submission ended.
#[derive(Debug, Clone)]
pub enum Submission {
    /// Submitted: the parties sign.
    Done(InspectionRow),
    /// Nothing was changed: something is missing.
    Incomplete {
        /// As it stands.
        inspection: InspectionRow,
        /// What is missing, by room and item.
        missing: Vec<MissingItem>,
        /// Why that is refused.
        refusals: Vec<Refusal>,
    },
}

impl Case {
    /// What came too late for an earlier submission is covered by this one.
    async fn cover_late(&mut self) -> Result<()> {
        let (id, unit_id) = (self.inspection.id, Some(self.inspection.unit_id));
        for defect_id in store::inspections::cover_late(&self.work.tx, id, self.work.now).await? {
            self.work.changed(ObjectKind::Defect, defect_id, unit_id);
        }
        Ok(())
    }
}

/// Submits. The hash of what the parties will sign is taken here.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn submit(ctx: Context<'_>, header: CommandHeader) -> Result<Submission> {
    let mut case = Case::open(ctx, header).await?;
    case.permit(InspectionCommand::Submit)?;
    let missing = missing::of_one(&case.work.tx, &case.inspection, case.round.checklist_version_id).await?;
    if let Err(refusals) = check_complete(&missing) {
        return Ok(Submission::Incomplete { inspection: seen_by(ctx.caller, case.inspection), missing, refusals });
    }
    case.check_synced().await?;
    case.cover_late().await?;
    let hash = case.keep_content().await?;
    let data = json!({ "submissionNo": case.inspection.submission_no, "contentHash": hex::encode(&hash) });
    case.apply(InspectionCommand::Submit);
    case.inspection.content_hash = Some(hash);
    case.inspection.content_at = Some(case.work.now.0);
    case.inspection.submitted_at = Some(case.occurred_at.0);
    case.inspection.submitted_by = Some(case.actor.person_id);
    Ok(Submission::Done(case.finish(InspectionCommand::Submit, None, data).await?))
}
