//! Remove a planned round that was never opened.

use domain::id::RoundId;
use domain::object_kind::ObjectKind;
use domain::round::RoundCommand;
use serde_json::json;

use super::command_context::RoundCommandContext;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::CommandHeader;

/// Removes a draft with its scope. Removing a draft that is already removed is no error.
///
/// # Errors
/// `NOT_FOUND`, the rule's refusal, or an internal error.
pub async fn discard(ctx: Context<'_>, header: CommandHeader<RoundId>) -> Result<RoundId> {
    let id = header.target;
    let mut command = match RoundCommandContext::open(ctx, header, RoundCommand::Discard).await {
        Err(Error::Refused(_))
            if store::rounds::was_removed(ctx.app.db.read(), &ctx.caller.visibility(), id).await? =>
        {
            return Ok(id);
        }
        other => other?,
    };
    store::rounds::delete(&command.work.tx, id).await?;
    let (number, name) = (command.round.number, command.round.name.clone());
    command.add_event(None, json!({ "number": number, "name": name }));
    command.work.mark_removed(ObjectKind::Round, id);
    command.work.commit().await?;
    Ok(id)
}
