//! Settling messages of which nobody knows whether they were sent.

use app::messages::resolve;
use async_graphql::{Context, InputObject, Object};
use domain::id::MessageAttemptId;
use domain::message::MessageResolution;

use super::types::MessageAttempt;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::payload;
use crate::scalars::Uid;

/// What became of a message, and how the viewer knows.
#[derive(InputObject)]
pub struct MessageResolveInput {
    /// The message, in the state `UNKNOWN`.
    pub message_attempt_id: Uid<MessageAttemptId>,
    /// What became of it.
    pub resolution: MessageResolution,
    /// How the viewer knows, 1 to 4,000 characters.
    pub note: String,
}

payload! {
    /// The message that was settled.
    MessageResolvePayload {
        /// The message; null when refused.
        message_attempt: MessageAttempt
    }
}

/// Commands on messages.
#[derive(Default)]
pub struct MessageMutation;

#[Object]
impl MessageMutation {
    /// Settles a message of which the server does not know whether it was sent: its connection to the mail server, or
    /// the server itself, broke off at the last moment. Such a message is never sent again by itself. For those who
    /// see it in `messageAttempts`.
    async fn message_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message, and what became of it.")] input: MessageResolveInput,
    ) -> ApiResult<MessageResolvePayload> {
        let MessageResolveInput { message_attempt_id, resolution, note } = input;
        let answer = resolve::resolve(ctx.app(), ctx.caller()?, message_attempt_id.0, resolution, &note).await;
        MessageResolvePayload::from_result(answer, ctx.language())
    }
}
