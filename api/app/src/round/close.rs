//! Close a round: its records stand as they are, and its lineage is frozen.

use domain::id::RoundId;
use domain::round::RoundCommand;
use serde_json::{Map, Value, json};

use super::RoundRow;
use super::command_context::RoundCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::inspection::lineage::freeze;

/// Closes an open round. The event keeps how far its unit inspections had come.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn close(ctx: Context<'_>, header: CommandHeader<RoundId>) -> Result<RoundRow> {
    let mut command = RoundCommandContext::open(ctx, header, RoundCommand::Close).await?;
    command.round.closed_at = Some(command.work.now.0);
    let counts = store::inspections::counts_of(&command.work.tx, &ctx.caller.visibility(), &[command.round.id]).await?;
    let counts: Map<String, Value> =
        counts.into_iter().map(|(_, status, count)| (status.to_string(), json!(count))).collect();
    freeze(&command.work.tx, &mut command.round, command.work.now).await?;
    command.finish(json!({ "inspections": counts })).await
}
