//! Merge a duplicate into the defect that it repeats, and undo it. Both keep their histories.

use domain::defect::{DefectCommand, VoidReason};
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;
use uuid::Uuid;

use super::DefectRow;
use super::case::Case;
use super::family::Repeats;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeDefect {
    /// The duplicate.
    pub header: CommandHeader,
    /// The defect that stays.
    pub into: Uuid,
    /// In words.
    pub note: Option<String>,
}

/// A merge that is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmergeDefect {
    /// The defect that was merged.
    pub header: CommandHeader,
    /// In words.
    pub note: Option<String>,
}

/// Merges the defect into another of the same unit that still lives and is at least as severe: no blocker vanishes by it.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn merge(ctx: Context<'_>, input: MergeDefect) -> Result<DefectRow> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut case = Case::open_with_family(ctx, input.header, &[input.into]).await?;
    case.permit(DefectCommand::Merge)?;
    let target = case.survivor(input.into, "intoDefectId", Repeats::AliveDefect).await?;
    if target.severity_rank > case.defect.severity_rank {
        let milder = Refusal::at(RefusalCode::InvalidValue, "intoDefectId");
        let en = "it is milder; merge the other way round, or change its severity first";
        let zh = "其严重程度较低，请反向合并，或先修改其严重程度";
        return Err(milder.because(en, zh).into());
    }
    case.lay_down(VoidReason::Merged).await?;
    case.join(&target).await?;
    case.finish(DefectCommand::Merge, note, json!({ "into": target.id })).await
}

/// Undoes a merge: the defect goes back to where it stood.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn unmerge(ctx: Context<'_>, input: UnmergeDefect) -> Result<DefectRow> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut case = Case::open_with_family(ctx, input.header, &[]).await?;
    case.permit(DefectCommand::Unmerge)?;
    let from = case.defect.duplicate_of;
    case.leave_survivor().await?;
    case.take_back().await?;
    case.finish(DefectCommand::Unmerge, note, json!({ "from": from })).await
}
