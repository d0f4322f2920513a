//! Remove a planned round that was never opened.

use domain::object_kind::ObjectKind;
use domain::round::RoundCommand;
use serde_json::json;
use uuid::Uuid;

use super::command::Case;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::CommandHeader;

/// Removes a draft with its scope. Removing what was removed before is no error.
///
/// # Errors
/// `NOT_FOUND`, the rule's refusal, or a fault of ours.
pub async fn discard(ctx: Context<'_>, header: CommandHeader) -> Result<Uuid> {
    let id = header.target;
    let mut case = match Case::open(ctx, header, RoundCommand::Discard).await {
        Err(Error::Refused(_)) if store::rounds::was_removed(ctx.app.db.read(), &ctx.caller.sight(), id).await? => {
            return Ok(id);
        }
        other => other?,
    };
    store::rounds::delete(&case.work.tx, id).await?;
    let (number, name) = (case.round.number, case.round.name.clone());
    case.tell(None, json!({ "number": number, "name": name }));
    case.work.removed(ObjectKind::Round, id);
    case.work.commit().await?;
    Ok(id)
}
