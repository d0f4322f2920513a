//! Merge a duplicate into the defect that it repeats, and undo it. Both keep their histories.

use domain::Caller;
use domain::defect::{DefectCommand, DefectStatus, VoidReason};
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, Head};
use crate::App;
use crate::error::Result;

/// Merges the defect into another of the same unit that still lives.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn merge(app: &App, caller: &Caller, head: Head, into: Uuid, note: Option<&str>) -> Result<DefectRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let mut case = Case::open(app, caller, head).await?;
    case.permit(DefectCommand::Merge)?;
    let target = case.other_defect(into, "intoDefectId").await?;
    let status: DefectStatus = target.status.parse()?;
    if !status.is_alive() {
        return Err(Refusal::at(RefusalCode::WrongState, "intoDefectId").with("status", status).into());
    }
    case.lay_down(VoidReason::Merged).await?;
    case.defect.duplicate_of = Some(target.id);
    // The target shows the merged one among its duplicates.
    case.work.changed(ObjectKind::Defect, target.id, Some(target.unit_id));
    case.finish(EventName::DefectMerged, note, json!({ "into": target.id })).await
}

/// Undoes a merge: the defect goes back to where it stood.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn unmerge(app: &App, caller: &Caller, head: Head, note: Option<&str>) -> Result<DefectRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let mut case = Case::open(app, caller, head).await?;
    case.permit(DefectCommand::Unmerge)?;
    let from = case.defect.duplicate_of;
    if let Some(target) = from {
        case.work.changed(ObjectKind::Defect, target, Some(case.defect.unit_id));
    }
    case.take_back().await?;
    case.finish(EventName::DefectUnmerged, note, json!({ "from": from })).await
}
