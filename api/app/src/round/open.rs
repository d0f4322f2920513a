//! Open a round: one unit inspection for each unit in scope, and the checklist version frozen.

use domain::RefusalCode;
use domain::inspection::InspectionStatus;
use domain::object_kind::ObjectKind;
use domain::round::RoundCommand;
use serde_json::json;
use store::entity::unit_inspections;
use uuid::Uuid;

use super::RoundRow;
use super::command::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// Opens a planned round.
///
/// # Errors
/// The rule's refusal, `NOTHING_IN_SCOPE`, or a fault of ours.
pub async fn open(ctx: Context<'_>, header: CommandHeader) -> Result<RoundRow> {
    let mut case = Case::open(ctx, header, RoundCommand::Open).await?;
    let units = store::rounds::scope_of(&case.work.tx, case.round.id).await?;
    if units.is_empty() {
        return Err(RefusalCode::NothingInScope.into());
    }
    let inspections: Vec<unit_inspections::Model> = units.iter().map(|&unit_id| case.planned(unit_id)).collect();
    store::inspections::insert_many(&case.work.tx, &inspections).await?;
    store::checklists::freeze(&case.work.tx, case.round.checklist_version_id, case.work.now).await?;
    for inspection in &inspections {
        case.work.changed(ObjectKind::UnitInspection, inspection.id, Some(inspection.unit_id));
    }
    case.round.opened_at = Some(case.work.now.0);
    case.finish(json!({ "units": units.len() })).await
}

impl Case {
    /// The inspection of a unit, not begun.
    fn planned(&self, unit_id: Uuid) -> unit_inspections::Model {
        unit_inspections::Model {
            id: self.work.new_id(),
            project_id: self.round.project_id,
            round_id: self.round.id,
            unit_id,
            status: InspectionStatus::Planned.as_str().to_owned(),
            started_at: None,
            submitted_at: None,
            submitted_by: None,
            inaccessible_reason: None,
            submission_no: 1,
            content_hash: None,
            content_at: None,
            version: 1,
        }
    }
}
