//! A person settles a message of which nobody knows whether it was sent.

use domain::id::MessageAttemptId;
use domain::message::{MessageError, MessageResolution, MessageState};
use domain::text::{NOTE_LIMIT, required};
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use store::boxed;
use store::entity::message_attempts::Model;

use super::read;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};

/// Settles a message in the state `UNKNOWN`: as sent, as not sent and given up, or as not sent and to be sent again.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`, `INVALID_VALUE` when it cannot be sent any more, a text's refusal, or an internal error.
#[boxed]
pub async fn resolve(
    app: &App,
    caller: &Caller,
    attempt_id: MessageAttemptId,
    resolution: MessageResolution,
    note: &str,
) -> Result<Model> {
    let note = required(note, NOTE_LIMIT, "note")?;
    let mut work = Context::new(app, caller).begin().await?;
    let found = store::messages::find_for_update(&work.tx, attempt_id).await?;
    let not_found = || Error::not_found("messageAttemptId");
    let mut row = found.filter(|row| read::is_visible(caller, row)).ok_or_else(not_found)?;
    if row.state != MessageState::Unknown {
        return Err(Refusal::new(RefusalCode::WrongState).with("status", row.state).into());
    }
    apply(&mut row, resolution, work.now)?;
    row.resolved_by = Some(caller.person_id).filter(|id| !id.is_nil());
    row.resolved_at = Some(work.now.0);
    row.resolution_note = Some(note);
    store::messages::save(&work.tx, row.clone()).await?;
    work.wakes_sender = resolution == MessageResolution::SendAgain;
    work.commit().await?;
    tracing::info!(attempt = %row.id, by = %caller.person_id, %resolution, "message settled by a person");
    Ok(row)
}

fn apply(row: &mut Model, resolution: MessageResolution, now: Timestamp) -> Result<()> {
    // A worker that answers late has no say any more.
    row.lease_token = None;
    match resolution {
        MessageResolution::Sent => {
            row.state = MessageState::Sent;
            row.sent_at = row.sent_at.or(row.sending_at);
        }
        MessageResolution::Failed => {
            row.state = MessageState::Failed;
            row.failed_at = Some(now.0);
            row.error = Some(MessageError::GivenUp);
        }
        MessageResolution::SendAgain => {
            check_usable(row, now)?;
            row.state = MessageState::Queued;
            row.run_at = now.0;
            let lasts_until = now.plus_seconds(row.channel.lifetime_seconds()).0;
            row.expires_at = if row.kind.is_secret() { row.expires_at } else { row.expires_at.max(lasts_until) };
            return Ok(());
        }
    }
    store::messages::wipe(row);
    Ok(())
}

/// A code or a link that has ended is not sent again, nor a text that is not there any more.
fn check_usable(row: &Model, now: Timestamp) -> Result<()> {
    let is_over = row.kind.is_secret() && row.expires_at <= now.0;
    if is_over || row.body.is_none() || row.address.is_none() {
        let refusal = Refusal::at(RefusalCode::InvalidValue, "resolution");
        let en = "what is in the message is not good any more; make a new one";
        return Err(refusal.because(en, "消息内容已失效，请重新生成").into());
    }
    Ok(())
}
