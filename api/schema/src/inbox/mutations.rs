//! Noting what was read, and saying how messages are wanted.

use app::inbox::read;
use app::messages::preferences;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::id::InboxEntryId;

use super::preferences::{MessagePreferenceSetInput, MessagePreferences};
use super::types::InboxEntry;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::check_count;
use crate::payload::{UserError, payload, split};
use crate::plan::PlannedList;
use crate::scalars::Uid;

/// Most entries of one command.
const MOST: usize = 100;

/// What the viewer has read.
#[derive(InputObject)]
pub struct MessageMarkReadInput {
    /// The entries of the viewer's inbox, 100 at most.
    pub entry_ids: Vec<Uid<InboxEntryId>>,
}

/// The entries that were read.
#[derive(SimpleObject)]
pub struct MessageMarkReadPayload {
    /// The entries as they are now; null when refused.
    pub entries: Option<PlannedList<InboxEntry>>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// How the viewer wants messages.
    MessagePreferenceSetPayload {
        /// The preferences as they are now; null when refused.
        message_preferences: MessagePreferences
    }
}

/// Commands on the own inbox and the own preferences.
#[derive(Default)]
pub struct InboxMutation;

#[Object]
impl InboxMutation {
    /// Notes that the viewer has read entries of the own inbox: all of the named ones, or none. Entries that were read
    /// before stay as they were. The other devices of the viewer find it in `changes`.
    async fn message_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] input: MessageMarkReadInput,
    ) -> ApiResult<MessageMarkReadPayload> {
        check_count(input.entry_ids.len(), MOST)?;
        let ids: Vec<_> = input.entry_ids.into_iter().map(|id| id.0).collect();
        let answer = read::mark_read(ctx.app(), ctx.caller()?, &ids).await;
        let (rows, user_errors) = split(answer, ctx.language())?;
        let entries = rows.map(|rows| PlannedList(rows.into_iter().map(InboxEntry::from).collect()));
        Ok(MessageMarkReadPayload { entries, user_errors })
    }

    /// Sets over which channel and when the viewer gets messages, and which not. Messages that the viewer has asked for,
    /// and those that protect the viewer, cannot be switched off. `NO_CHANNEL` for a channel that the server does not
    /// have, or on which the viewer has no address.
    async fn message_preference_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The preferences that change.")] input: MessagePreferenceSetInput,
    ) -> ApiResult<MessagePreferenceSetPayload> {
        let answer = preferences::set(ctx.app(), ctx.caller()?, input.into_command()?).await;
        MessagePreferenceSetPayload::from_result(answer, ctx.language())
    }
}
