//! Merge a duplicate into the defect that it repeats, and undo it. Both keep their histories.

use domain::defect::{DefectCommand, VoidReason};
use domain::text::{NOTE_LIMIT, optional};
use domain::{Caller, Refusal, RefusalCode};
use serde_json::json;
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, Head};
use super::family::Repeats;
use crate::App;
use crate::error::Result;

/// Merges the defect into another of the same unit that still lives and is at least as severe: no blocker vanishes by it.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn merge(app: &App, caller: &Caller, head: Head, into: Uuid, note: Option<&str>) -> Result<DefectRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let mut case = Case::open_with_family(app, caller, head, &[into]).await?;
    case.permit(DefectCommand::Merge)?;
    let target = case.survivor(into, "intoDefectId", Repeats::AliveDefect).await?;
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
pub async fn unmerge(app: &App, caller: &Caller, head: Head, note: Option<&str>) -> Result<DefectRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let mut case = Case::open_with_family(app, caller, head, &[]).await?;
    case.permit(DefectCommand::Unmerge)?;
    let from = case.defect.duplicate_of;
    case.leave_survivor().await?;
    case.take_back().await?;
    case.finish(DefectCommand::Unmerge, note, json!({ "from": from })).await
}
