//! Declare a defect void, and take it back.

use domain::defect::transition::Step;
use domain::defect::{DefectCommand, DefectStatus, VoidReason};
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Refusal, RefusalCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::DefectRow;
use super::case::Case;
use super::family::Repeats;
use crate::context::Context;
use crate::error::Result;
use crate::input::{CommandHeader, ReasonedCommand};

/// Why a defect is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidDefect {
    /// The defect.
    pub header: CommandHeader,
    /// The kind of reason.
    pub reason: VoidReason,
    /// Of which it is a duplicate: mandatory for duplicates.
    pub duplicate_of: Option<Uuid>,
    /// In words.
    pub note: Option<String>,
}

/// Declares a defect void. What was merged into it comes back; of a duplicate it follows to the defect that is repeated.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn void(ctx: Context<'_>, input: VoidDefect) -> Result<DefectRow> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    if matches!(input.reason, VoidReason::Merged | VoidReason::Withdrawn) {
        let why = Refusal::at(RefusalCode::InvalidValue, "reason");
        let (en, zh) = ("merging and withdrawing are commands of their own", "合并与撤回须使用各自的操作");
        return Err(why.because(en, zh).into());
    }
    let mut case = Case::open_with_family(ctx, input.header, input.duplicate_of.as_slice()).await?;
    case.permit(DefectCommand::Void)?;
    let survivor = match (input.reason, input.duplicate_of) {
        (VoidReason::Duplicate, None) => {
            return Err(Refusal::at(RefusalCode::DuplicateOfRequired, "duplicateOf").into());
        }
        (VoidReason::Duplicate, Some(other)) => Some(case.survivor(other, "duplicateOf", Repeats::ValidDefect).await?),
        (VoidReason::EnteredInError | VoidReason::NotADefect | VoidReason::Merged | VoidReason::Withdrawn, _) => None,
    };
    case.lay_down(input.reason).await?;
    match survivor {
        Some(survivor) => case.join(&survivor).await?,
        None => case.bring_back_duplicates().await?,
    }
    let data = json!({ "reason": input.reason, "duplicateOf": case.defect.duplicate_of });
    case.finish(DefectCommand::Void, note, data).await
}

/// Takes back an own finding whose repair has not begun. What was merged into it comes back, and a dispute ends with it.
///
/// # Errors
/// The rule's refusal, a text's refusal, or a fault of ours.
pub async fn withdraw(ctx: Context<'_>, input: ReasonedCommand) -> Result<DefectRow> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open_with_family(ctx, input.header, &[]).await?;
    case.permit(DefectCommand::Withdraw)?;
    let before_dispute = case.end_dispute().await?;
    case.lay_down(VoidReason::Withdrawn).await?;
    if let Some(before) = before_dispute {
        // Restored, it goes back to its contractor, not into the dispute.
        case.defect.status_before_void = Some(before.as_str().to_owned());
    }
    case.bring_back_duplicates().await?;
    case.finish(DefectCommand::Withdraw, Some(reason), Value::Null).await
}

/// Takes a void defect back to where it stood.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn restore(ctx: Context<'_>, input: ReasonedCommand) -> Result<DefectRow> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open_with_family(ctx, input.header, &[]).await?;
    case.permit(DefectCommand::Restore)?;
    case.leave_survivor().await?;
    case.take_back().await?;
    case.finish(DefectCommand::Restore, Some(reason), Value::Null).await
}

impl Case {
    /// Makes the defect void, and remembers where it stood.
    pub(super) async fn lay_down(&mut self, reason: VoidReason) -> Result<()> {
        let before = self.defect.status.clone();
        self.apply(Step::Void).await?;
        self.defect.status_before_void = Some(before);
        self.defect.void_reason = Some(reason.as_str().to_owned());
        Ok(())
    }

    /// Takes the defect back from void.
    pub(super) async fn take_back(&mut self) -> Result<()> {
        let before: Option<DefectStatus> =
            self.defect.status_before_void.take().map(|status| status.parse()).transpose()?;
        self.apply(Step::Restore { before }).await?;
        self.drop_former_assignee().await?;
        self.defect.void_reason = None;
        self.defect.duplicate_of = None;
        self.defect.named_duplicate_of = None;
        // The owner, who was shown nothing of a void defect, sees it again.
        self.shows_whole().await?;
        Ok(())
    }
}
