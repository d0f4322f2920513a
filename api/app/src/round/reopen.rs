//! Take a closed round up again, with a reason.

use domain::id::RoundId;
use domain::round::RoundCommand;
use domain::text::{NOTE_LIMIT, required};
use serde_json::json;

use super::RoundRow;
use super::command_context::RoundCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;

/// Reopens a closed round: its unit inspections go on from where they stood, and its lineage is frozen anew when it
/// closes again.
///
/// # Errors
/// The rule's refusal, a text's refusal, or an internal error.
pub async fn reopen(ctx: Context<'_>, header: CommandHeader<RoundId>, reason: &str) -> Result<RoundRow> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut command = RoundCommandContext::open(ctx, header, RoundCommand::Reopen).await?;
    let closed_at = command.round.closed_at.take();
    store::lineage::remove(&command.work.tx, command.round.id).await?;
    command.round.lineage_frozen_at = None;
    let data = json!({ "closedAt": closed_at.map(|moment| domain::Timestamp(moment).to_rfc3339()) });
    command.finish_because(Some(reason), data).await
}
