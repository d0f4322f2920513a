//! Begin the inspection of a unit.

use domain::inspection::{InspectionCommand, InspectionStatus};
use serde_json::Value;

use super::InspectionRow;
use super::case::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// Begins. The second tablet that begins the same unit is answered as if it had been the first.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn start(ctx: Context<'_>, header: CommandHeader) -> Result<InspectionRow> {
    let mut case = Case::open(ctx, header).await?;
    if case.is_already(InspectionStatus::InProgress, InspectionCommand::Start) {
        return Ok(case.unchanged());
    }
    case.permit(InspectionCommand::Start)?;
    case.begin();
    case.finish(InspectionCommand::Start, None, Value::Null).await
}

impl Case {
    /// Begins what was planned, or what nobody could get into before.
    pub(super) fn begin(&mut self) {
        self.apply(InspectionCommand::Start);
        self.inspection.started_at = self.inspection.started_at.or(Some(self.occurred_at.0));
        self.inspection.inaccessible_reason = None;
    }
}
