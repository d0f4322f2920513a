//! Receipts: what a gateway says of a message later. The caller of this module has checked the signature.

use domain::Timestamp;
use domain::id::MessageAttemptId;
use domain::message::address::without_addresses;
use domain::message::{MessageError, MessageState, Receipt, next_state};
use serde::Deserialize;
use store::boxed;
use store::entity::message_attempts::Model;

use super::unsubscribe::by_gateway;
use crate::App;
use crate::error::Result;

/// Most characters of a stored reason.
const REASON_LIMIT: usize = 300;

/// What a gateway posts.
#[derive(Clone, Deserialize)]
pub struct GatewayReceipt {
    /// The id that the message was posted with.
    #[serde(rename = "id")]
    pub attempt_id: MessageAttemptId,
    /// What became of it.
    #[serde(rename = "state")]
    pub receipt: Receipt,
    /// Why it did not arrive.
    #[serde(rename = "reason", default)]
    pub reason: Option<String>,
}

/// Notes a receipt; returns whether it said anything new of a message that there is. The same receipt twice, and one
/// that is overtaken by another, say nothing new.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn accept(app: &App, given: GatewayReceipt) -> Result<bool> {
    if given.receipt == Receipt::Unsubscribed {
        let attempt = store::messages::by_id(app.db.read(), given.attempt_id).await?;
        return match attempt.filter(|attempt| !attempt.channel.is_long()) {
            Some(attempt) => by_gateway(app, &attempt).await,
            None => Ok(false),
        };
    }
    let now = app.clock.now();
    let accepted = app
        .db
        .write(async |tx| {
            let Some(mut row) = store::messages::find_for_update(tx, given.attempt_id).await? else {
                return Ok::<_, store::Error>(None);
            };
            // E-mails have no gateway that could know of them.
            let Some(state) = next_state(row.state, given.receipt).filter(|_| !row.channel.is_long()) else {
                return Ok(None);
            };
            apply(&mut row, state, given.reason.as_deref(), now);
            store::messages::save(tx, row.clone()).await?;
            Ok(Some(row))
        })
        .await?;
    if let Some(row) = &accepted {
        tracing::info!(attempt = %row.id, kind = %row.kind, channel = %row.channel, state = %row.state, "receipt");
    }
    Ok(accepted.is_some())
}

/// Moves a message on. What a receipt settles has no worker any more.
fn apply(row: &mut Model, state: MessageState, reason: Option<&str>, now: Timestamp) {
    let at = Some(now.0);
    match state {
        MessageState::Sent => row.sent_at = at,
        MessageState::Delivered => row.delivered_at = at,
        MessageState::Read => row.read_at = at,
        MessageState::Failed => {
            row.failed_at = at;
            row.error = Some(MessageError::NotDelivered);
            row.error_text = reason.map(|reason| {
                let text: String = reason.chars().filter(|c| !c.is_control()).take(REASON_LIMIT).collect();
                without_addresses(&text)
            });
        }
        MessageState::Queued | MessageState::Sending | MessageState::Unknown => {}
    }
    if state != MessageState::Failed {
        row.error = None;
        row.error_text = None;
    }
    row.state = state;
    row.lease_until = None;
    store::messages::wipe(row);
}
