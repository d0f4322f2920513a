//! Begin the inspection of a unit.

use domain::id::InspectionId;
use domain::inspection::{InspectionCommand, InspectionStatus};
use serde_json::Value;

use super::InspectionRow;
use super::command_context::InspectionCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// Begins. The second tablet that begins the same unit is answered as if it had been the first.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn start(ctx: Context<'_>, header: CommandHeader<InspectionId>) -> Result<Redacted<InspectionRow>> {
    let mut command = InspectionCommandContext::open(ctx, header).await?;
    if command.is_already(InspectionStatus::InProgress, InspectionCommand::Start) {
        return Ok(command.unchanged());
    }
    command.permit(InspectionCommand::Start)?;
    command.begin();
    command.finish(InspectionCommand::Start, None, Value::Null).await
}

impl InspectionCommandContext {
    /// Begins a planned inspection, or one whose unit could not be entered before.
    pub(super) fn begin(&mut self) {
        self.apply(InspectionCommand::Start);
        self.inspection.started_at = self.inspection.started_at.or(Some(self.occurred_at.0));
        self.inspection.inaccessible_reason = None;
    }
}
