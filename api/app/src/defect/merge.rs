//! Merge a duplicate into the defect that it repeats, and undo it. Both keep their histories.

use domain::Caller;
use domain::defect::{DefectCommand, VoidReason};
use domain::event::EventName;
use domain::text::{NOTE_LIMIT, optional};
use serde_json::json;
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, Head};
use super::family::Repeats;
use crate::App;
use crate::error::Result;

/// Merges the defect into another of the same unit that still lives.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn merge(app: &App, caller: &Caller, head: Head, into: Uuid, note: Option<&str>) -> Result<DefectRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let mut case = Case::open_with_family(app, caller, head, &[into]).await?;
    case.permit(DefectCommand::Merge)?;
    let target = case.survivor(into, "intoDefectId", Repeats::AliveDefect).await?;
    case.lay_down(VoidReason::Merged).await?;
    case.join(&target).await?;
    case.finish(EventName::DefectMerged, note, json!({ "into": target.id })).await
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
    case.finish(EventName::DefectUnmerged, note, json!({ "from": from })).await
}
