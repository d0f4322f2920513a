//! Close a round: its records stand as they are, and its lineage is frozen.

use domain::round::RoundCommand;
use serde_json::{Map, Value, json};

use super::RoundRow;
use super::command::Case;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::inspection::lineage::freeze;

/// Closes an open round. The event keeps how far its unit inspections had come.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn close(ctx: Context<'_>, header: CommandHeader) -> Result<RoundRow> {
    let mut case = Case::open(ctx, header, RoundCommand::Close).await?;
    case.round.closed_at = Some(case.work.now.0);
    let counts = store::inspections::counts_of(&case.work.tx, &ctx.caller.sight(), &[case.round.id]).await?;
    let counts: Map<String, Value> = counts.into_iter().map(|(_, status, count)| (status, json!(count))).collect();
    freeze(&case.work.tx, &mut case.round, case.work.now).await?;
    case.finish(json!({ "inspections": counts })).await
}
