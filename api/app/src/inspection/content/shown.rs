//! Where owners read at a submission that the defects of its content stood. That is no part of what the parties sign: it
//! is kept beside the content.

use std::collections::HashMap;

use domain::Timestamp;
use domain::defect::DefectStatus;
use domain::id::DefectId;
use domain::inspection::{InspectionContent, Replayed};
use serde_json::Value;
use store::Connection;
use store::entity::signed_contents;

use super::super::lineage::replay;
use crate::error::Result;

/// The statuses to keep beside a content: those that are not the content's own.
pub(super) fn statuses(content: &InspectionContent) -> Result<Value> {
    let others = content.defects.iter().filter_map(|defect| {
        let shown = defect.shown_status.filter(|shown| *shown != defect.status)?;
        Some((defect.defect_id, shown))
    });
    Ok(serde_json::to_value(others.collect::<HashMap<DefectId, DefectStatus>>())?)
}

/// A kept content with the statuses that owners read. Beside a content of an earlier version nothing is kept; then the
/// events say where disputed defects stood before.
pub(super) async fn content(conn: &Connection, row: &signed_contents::Model) -> Result<InspectionContent> {
    let mut content: InspectionContent = serde_json::from_str(&row.content)?;
    let shown: HashMap<DefectId, DefectStatus> = match &row.shown_statuses {
        Some(kept) => serde_json::from_value(kept.clone())?,
        None => before_disputes(conn, &content, Timestamp(row.recorded_at)).await?,
    };
    for defect in &mut content.defects {
        defect.shown_status = Some(shown.get(&defect.defect_id).copied().unwrap_or(defect.status));
    }
    Ok(content)
}

/// Where the disputed defects of a content stood before their disputes.
async fn before_disputes(
    conn: &Connection,
    content: &InspectionContent,
    until: Timestamp,
) -> Result<HashMap<DefectId, DefectStatus>> {
    let disputed = content.defects.iter().filter(|defect| defect.status == DefectStatus::Disputed);
    let disputed: Vec<DefectId> = disputed.map(|defect| defect.defect_id).collect();
    let replayed = replay(conn, &disputed, until).await?;
    let before = |id: DefectId| match replayed.get(&id).and_then(Replayed::shown_status) {
        Some(shown) if DefectStatus::TO_DO.contains(&shown) => shown,
        _ => DefectStatus::Assigned,
    };
    Ok(disputed.iter().map(|id| (*id, before(*id))).collect())
}
