//! A message to one person over one channel.

use async_graphql::Object;
use domain::Language;
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState};
use store::entity::message_attempts;

use crate::scalars::{DateTime, Uid};

/// A message to one person over one channel, without its text and the address.
#[derive(async_graphql::Description)]
pub struct MessageAttempt(message_attempts::Model);

impl From<message_attempts::Model> for MessageAttempt {
    fn from(row: message_attempts::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl MessageAttempt {
    /// The id, for `messageResolve`. Gateways get it as the key of the message, mail servers in the `Message-ID`.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// What is told: the link, the code, the invitation. With the recipient, the channel and the edition it is unique.
    async fn message_id(&self) -> Uid {
        Uid(self.0.message_id)
    }

    /// What the message is for.
    async fn kind(&self) -> MessageKind {
        self.0.kind
    }

    /// Over which channel it goes.
    async fn channel(&self) -> MessageChannel {
        self.0.channel
    }

    /// 1 at first; counts up when the same is told anew.
    async fn edition(&self) -> i32 {
        self.0.edition
    }

    /// The language of the text.
    async fn language(&self) -> Language {
        self.0.language
    }

    /// The person who gets it; null for somebody who is invited and no person yet.
    async fn person_id(&self) -> Option<Uid> {
        self.0.person_id.map(Uid::from)
    }

    /// The project that it is about; null for a message about the person's account.
    async fn project_id(&self) -> Option<Uid> {
        self.0.project_id.map(Uid::from)
    }

    /// The masked address: `x…@example.com`, `…5678`.
    async fn address_tail(&self) -> &str {
        &self.0.address_tail
    }

    /// How far it has come.
    async fn state(&self) -> MessageState {
        self.0.state
    }

    /// Why it failed, or was not sent at the last try; null otherwise.
    async fn error(&self) -> Option<MessageError> {
        self.0.error
    }

    /// The same in the words of the mail server or the gateway.
    async fn error_text(&self) -> Option<&str> {
        self.0.error_text.as_deref()
    }

    /// How often it was tried; tries in an outage do not count.
    async fn tries(&self) -> i32 {
        self.0.tries
    }

    /// The gateway's id of the message.
    async fn provider_id(&self) -> Option<&str> {
        self.0.provider_id.as_deref()
    }

    /// What the mail server or the gateway said when it took the message.
    async fn provider_text(&self) -> Option<&str> {
        self.0.provider_text.as_deref()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Before this moment it is not tried again; null for a message that does not wait.
    async fn next_try_at(&self) -> Option<DateTime> {
        Some(self.0.run_at).filter(|_| self.0.state == MessageState::Queued).map(DateTime::from)
    }

    /// After this moment it is not sent any more.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// When the last try began.
    async fn sending_at(&self) -> Option<DateTime> {
        self.0.sending_at.map(DateTime::from)
    }

    /// When the mail server or the gateway took it.
    async fn sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(DateTime::from)
    }

    /// When it arrived, by a receipt.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(DateTime::from)
    }

    /// When the person read it: by a receipt, or by the use of the code or the link in it.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime::from)
    }

    /// When it failed.
    async fn failed_at(&self) -> Option<DateTime> {
        self.0.failed_at.map(DateTime::from)
    }

    /// The person who settled it while nobody knew whether it was sent.
    async fn resolved_by_id(&self) -> Option<Uid> {
        self.0.resolved_by.map(Uid::from)
    }

    /// When that was.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved_at.map(DateTime::from)
    }

    /// How that person knows.
    async fn resolution_note(&self) -> Option<&str> {
        self.0.resolution_note.as_deref()
    }
}
