//! Merge a duplicate into the defect that it repeats, and undo it. Both keep their histories.

use domain::defect::{DefectCommand, VoidReason};
use domain::id::DefectId;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::duplicate_group::DuplicateTarget;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeDefect {
    /// The duplicate.
    pub header: CommandHeader<DefectId>,
    /// The defect that stays.
    pub into: DefectId,
    /// In words.
    pub note: Option<String>,
}

/// A merge that is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmergeDefect {
    /// The defect that was merged.
    pub header: CommandHeader<DefectId>,
    /// In words.
    pub note: Option<String>,
}

/// Merges the defect into another of the same unit that still lives and is at least as severe: no blocker vanishes by
/// it.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn merge(ctx: Context<'_>, input: MergeDefect) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut command = DefectCommandContext::open_with_duplicates(ctx, input.header, &[input.into]).await?;
    command.permit(DefectCommand::Merge)?;
    let target = command.survivor(input.into, "intoDefectId", DuplicateTarget::AliveDefect).await?;
    if target.severity_rank > command.defect.severity_rank {
        let milder = Refusal::at(RefusalCode::InvalidValue, "intoDefectId");
        let en = "it is milder; merge the other way round, or change its severity first";
        let zh = "其严重程度较低，请反向合并，或先修改其严重程度";
        return Err(milder.because(en, zh).into());
    }
    command.make_void(VoidReason::Merged).await?;
    command.join_survivor(&target).await?;
    command.finish(DefectCommand::Merge, note, json!({ "into": target.id })).await
}

/// Undoes a merge: the defect goes back to where it stood.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn unmerge(ctx: Context<'_>, input: UnmergeDefect) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut command = DefectCommandContext::open_with_duplicates(ctx, input.header, &[]).await?;
    command.permit(DefectCommand::Unmerge)?;
    let from = command.defect.duplicate_of;
    command.leave_survivor().await?;
    command.restore_from_void().await?;
    command.finish(DefectCommand::Unmerge, note, json!({ "from": from })).await
}
