//! How the viewer wants messages.

use app::messages::preferences::{PreferenceSet, Preferences, Switch};
use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use domain::inbox::InboxKind;
use domain::message::{MessageChannel, MessageKind};
use store::entity::message_switches;

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::check_count;
use crate::payload::patch;
use crate::scalars::DateTime;

/// Most switches in one command.
const MOST_SWITCHES: usize = 20;

/// How the viewer wants messages.
#[derive(async_graphql::Description)]
pub struct MessagePreferences(Preferences);

impl From<Preferences> for MessagePreferences {
    fn from(preferences: Preferences) -> Self {
        Self(preferences)
    }
}

#[Object(use_type_description)]
impl MessagePreferences {
    /// The channel that the viewer has chosen. Null for the usual order: e-mail before text messages, a confirmed
    /// address before another one.
    fn channel(&self) -> Option<MessageChannel> {
        self.0.channel
    }

    /// When digests are sent, `07:30`.
    fn digest_at(&self) -> String {
        self.0.digest_at.to_string()
    }

    /// The reasons of which digests tell. The inbox has entries of every reason.
    fn digest_kinds(&self) -> Vec<InboxKind> {
        InboxKind::ALL.iter().copied().filter(|kind| !self.0.digest_without.contains(kind)).collect()
    }

    /// When quiet hours begin, `21:00`; null without quiet hours. In quiet hours nothing is sent that can wait; codes,
    /// reset links and notices of security are sent at once.
    fn quiet_from(&self) -> Option<String> {
        self.0.quiet.map(|quiet| quiet.from.to_string())
    }

    /// When they end; before their beginning if they go over midnight.
    fn quiet_until(&self) -> Option<String> {
        self.0.quiet.map(|quiet| quiet.until.to_string())
    }

    /// The time zone of these times, by its IANA name: that which the viewer has chosen, or that of the viewer's
    /// project.
    async fn time_zone(&self, ctx: &Context<'_>) -> ApiResult<String> {
        let zone = self.0.zone(ctx.app().db.read()).await?;
        Ok(zone.iana_name().unwrap_or("UTC").to_owned())
    }

    /// What the viewer has switched off, here or by the link in a message.
    fn switched_off(&self) -> Vec<MessageSwitch> {
        self.0.switched_off.iter().cloned().map(MessageSwitch).collect()
    }
}

/// A kind of messages that is switched off over a channel.
#[derive(async_graphql::Description)]
pub struct MessageSwitch(message_switches::Model);

#[Object(use_type_description)]
impl MessageSwitch {
    /// The channel.
    fn channel(&self) -> MessageChannel {
        self.0.channel
    }

    /// The kind.
    fn kind(&self) -> MessageKind {
        self.0.kind
    }

    /// Since when.
    fn off_since(&self) -> DateTime {
        self.0.off_since.into()
    }
}

/// A kind of messages over a channel.
#[derive(InputObject)]
pub struct MessageSwitchInput {
    /// The channel.
    pub channel: MessageChannel,
    /// The kind, one that can be switched off: `DIGEST`.
    pub kind: MessageKind,
}

/// How the viewer wants messages. Left out = unchanged.
#[derive(InputObject)]
pub struct MessagePreferenceSetInput {
    /// The channel, one that the server has and on which the viewer has an address; null = the usual order.
    pub channel: MaybeUndefined<MessageChannel>,
    /// When digests are sent, `07:30`.
    pub digest_at: Option<String>,
    /// The reasons of which digests tell.
    pub digest_kinds: Option<Vec<InboxKind>>,
    /// When quiet hours begin, `21:00`; null for both ends = no quiet hours.
    pub quiet_from: MaybeUndefined<String>,
    /// When they end.
    pub quiet_until: MaybeUndefined<String>,
    /// The IANA name of the time zone of these times; null = that of the viewer's project.
    pub time_zone: MaybeUndefined<String>,
    /// What is switched off, at most 20 of them.
    pub switch_off: Option<Vec<MessageSwitchInput>>,
    /// What is switched on again, at most 20 of them.
    pub switch_on: Option<Vec<MessageSwitchInput>>,
}

impl MessagePreferenceSetInput {
    /// The command.
    ///
    /// # Errors
    /// `TOO_MANY`.
    pub(super) fn into_command(self) -> ApiResult<PreferenceSet> {
        Ok(PreferenceSet {
            channel: patch(self.channel),
            digest_at: self.digest_at,
            digest_kinds: self.digest_kinds,
            quiet_from: patch(self.quiet_from),
            quiet_until: patch(self.quiet_until),
            time_zone: patch(self.time_zone),
            switch_off: switches(self.switch_off)?,
            switch_on: switches(self.switch_on)?,
        })
    }
}

fn switches(given: Option<Vec<MessageSwitchInput>>) -> ApiResult<Vec<Switch>> {
    let given = given.unwrap_or_default();
    check_count(given.len(), MOST_SWITCHES)?;
    Ok(given.into_iter().map(|one| Switch { channel: one.channel, kind: one.kind }).collect())
}
