//! Declare a defect void, and take it back.

use domain::defect::transition::Step;
use domain::defect::{DefectCommand, VoidReason};
use domain::id::DefectId;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Refusal, RefusalCode};
use serde_json::{Value, json};

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::duplicate_group::DuplicateTarget;
use crate::context::Context;
use crate::error::Result;
use crate::input::{CommandHeader, ReasonedCommand};
use crate::redacted::Redacted;

/// Why a defect is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidDefect {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The kind of reason.
    pub reason: VoidReason,
    /// Of which it is a duplicate: mandatory for duplicates.
    pub duplicate_of: Option<DefectId>,
    /// In words.
    pub note: Option<String>,
}

/// Declares a defect void. Defects merged into it are restored. If it is itself a duplicate, they are merged into its
/// original instead.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn void(ctx: Context<'_>, input: VoidDefect) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    if matches!(input.reason, VoidReason::Merged | VoidReason::Withdrawn) {
        let why = Refusal::at(RefusalCode::InvalidValue, "reason");
        let (en, zh) = ("merging and withdrawing are commands of their own", "合并与撤回须使用各自的操作");
        return Err(why.because(en, zh).into());
    }
    let mut command =
        DefectCommandContext::open_with_duplicates(ctx, input.header, input.duplicate_of.as_slice()).await?;
    command.permit(DefectCommand::Void)?;
    let survivor = match (input.reason, input.duplicate_of) {
        (VoidReason::Duplicate, None) => {
            return Err(Refusal::at(RefusalCode::DuplicateOfRequired, "duplicateOf").into());
        }
        (VoidReason::Duplicate, Some(other)) => {
            Some(command.survivor(other, "duplicateOf", DuplicateTarget::ValidDefect).await?)
        }
        (VoidReason::EnteredInError | VoidReason::NotADefect | VoidReason::Merged | VoidReason::Withdrawn, _) => None,
    };
    command.make_void(input.reason).await?;
    match survivor {
        Some(survivor) => command.join_survivor(&survivor).await?,
        None => command.restore_duplicates().await?,
    }
    let data = json!({ "reason": input.reason, "duplicateOf": command.defect.duplicate_of });
    command.finish(DefectCommand::Void, note, data).await
}

/// Takes back an own finding whose repair has not begun. Defects merged into it are restored, and a dispute ends with
/// it.
///
/// # Errors
/// The rule's refusal, a text's refusal, or an internal error.
pub async fn withdraw(ctx: Context<'_>, input: ReasonedCommand<DefectId>) -> Result<Redacted<DefectRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut command = DefectCommandContext::open_with_duplicates(ctx, input.header, &[]).await?;
    command.permit(DefectCommand::Withdraw)?;
    let before_dispute = command.end_dispute().await?;
    command.make_void(VoidReason::Withdrawn).await?;
    if let Some(before) = before_dispute {
        // Restored, it goes back to its contractor, not into the dispute.
        command.defect.status_before_void = Some(before);
    }
    command.restore_duplicates().await?;
    command.finish(DefectCommand::Withdraw, Some(reason), Value::Null).await
}

/// Restores a void defect to its earlier state.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn restore(ctx: Context<'_>, input: ReasonedCommand<DefectId>) -> Result<Redacted<DefectRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut command = DefectCommandContext::open_with_duplicates(ctx, input.header, &[]).await?;
    command.permit(DefectCommand::Restore)?;
    command.leave_survivor().await?;
    command.restore_from_void().await?;
    command.finish(DefectCommand::Restore, Some(reason), Value::Null).await
}

impl DefectCommandContext {
    /// Makes the defect void, and stores its earlier state.
    pub(super) async fn make_void(&mut self, reason: VoidReason) -> Result<()> {
        let before = self.defect.status;
        self.apply(Step::Void).await?;
        self.defect.status_before_void = Some(before);
        self.defect.void_reason = Some(reason);
        Ok(())
    }

    /// Restores the defect from void.
    pub(super) async fn restore_from_void(&mut self) -> Result<()> {
        let before = self.defect.status_before_void.take();
        self.apply(Step::Restore { before }).await?;
        self.drop_former_assignee().await?;
        self.defect.void_reason = None;
        self.defect.duplicate_of = None;
        self.defect.named_duplicate_of = None;
        // The owner, who was shown nothing of a void defect, sees it again.
        self.mark_children_changed().await?;
        Ok(())
    }
}
