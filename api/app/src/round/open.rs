//! Open a round: one unit inspection for each unit in scope, and the checklist version frozen.

use domain::RefusalCode;
use domain::id::{RoundId, UnitId};
use domain::inspection::InspectionStatus;
use domain::object_kind::ObjectKind;
use domain::round::RoundCommand;
use serde_json::json;
use store::entity::unit_inspections;

use super::RoundRow;
use super::command_context::RoundCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// Opens a planned round.
///
/// # Errors
/// The rule's refusal, `NOTHING_IN_SCOPE`, or an internal error.
pub async fn open(ctx: Context<'_>, header: CommandHeader<RoundId>) -> Result<RoundRow> {
    let mut command = RoundCommandContext::open(ctx, header, RoundCommand::Open).await?;
    let units = store::rounds::scope_of(&command.work.tx, command.round.id).await?;
    if units.is_empty() {
        return Err(RefusalCode::NothingInScope.into());
    }
    let inspections: Vec<unit_inspections::Model> = units.iter().map(|&unit_id| command.planned(unit_id)).collect();
    store::inspections::insert_many(&command.work.tx, &inspections).await?;
    store::checklists::freeze(&command.work.tx, command.round.checklist_version_id, command.work.now).await?;
    for inspection in &inspections {
        command.work.mark_changed(ObjectKind::UnitInspection, inspection.id, Some(inspection.unit_id));
    }
    command.round.opened_at = Some(command.work.now.0);
    command.finish(json!({ "units": units.len() })).await
}

impl RoundCommandContext {
    /// The inspection of a unit, not begun.
    fn planned(&self, unit_id: UnitId) -> unit_inspections::Model {
        unit_inspections::Model {
            id: self.work.new_id(),
            project_id: self.round.project_id,
            round_id: self.round.id,
            unit_id,
            status: InspectionStatus::Planned,
            started_at: None,
            submitted_at: None,
            submitted_by: None,
            inaccessible_reason: None,
            submission_no: 1,
            content_hash: None,
            content_at: None,
            version: 1,
            shown_version: 1,
            company_records: None,
        }
    }
}
