//! A message to one person over one channel.

use async_graphql::Object;
use domain::Language;
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState};
use store::entity::message_attempts;

use crate::plan::planned;
use crate::scalars::{DateTime, Uid};

/// A message to one person over one channel, without its text and the address.
#[derive(Clone, async_graphql::Description)]
pub struct MessageAttempt(message_attempts::Model);

impl From<message_attempts::Model> for MessageAttempt {
    fn from(row: message_attempts::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl MessageAttempt {
    /// The id, for `messageResolve`. Gateways get it as the key of the message, mail servers in the `Message-ID`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// What is told: the link, the code, the invitation. With the recipient, the channel and the edition it is unique.
    fn message_id(&self) -> Uid {
        Uid(self.0.message_id)
    }

    /// What the message is for.
    fn kind(&self) -> MessageKind {
        self.0.kind
    }

    /// Over which channel it goes.
    fn channel(&self) -> MessageChannel {
        self.0.channel
    }

    /// 1 at first; counts up when the same is told anew.
    fn edition(&self) -> i32 {
        self.0.edition
    }

    /// The language of the text.
    fn language(&self) -> Language {
        self.0.language
    }

    /// The person who gets it; null for somebody who is invited and no person yet.
    fn person_id(&self) -> Option<Uid> {
        self.0.person_id.map(Uid::from)
    }

    /// The project that it is about; null for a message about the person's account.
    fn project_id(&self) -> Option<Uid> {
        self.0.project_id.map(Uid::from)
    }

    /// The masked address: `x…@example.com`, `…5678`.
    fn address_tail(&self) -> &str {
        &self.0.address_tail
    }

    /// How far it has come.
    fn state(&self) -> MessageState {
        self.0.state
    }

    /// Why it failed, or was not sent at the last try; null otherwise.
    fn error(&self) -> Option<MessageError> {
        self.0.error
    }

    /// The same in the words of the mail server or the gateway.
    fn error_text(&self) -> Option<&str> {
        self.0.error_text.as_deref()
    }

    /// How often it was tried; tries in an outage do not count.
    fn tries(&self) -> i32 {
        self.0.tries
    }

    /// The gateway's id of the message.
    fn provider_id(&self) -> Option<&str> {
        self.0.provider_id.as_deref()
    }

    /// What the mail server or the gateway said when it took the message.
    fn provider_text(&self) -> Option<&str> {
        self.0.provider_text.as_deref()
    }

    /// When it was written.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Before this moment it is not tried again; null for a message that does not wait.
    fn next_try_at(&self) -> Option<DateTime> {
        Some(self.0.run_at).filter(|_| self.0.state == MessageState::Queued).map(DateTime::from)
    }

    /// After this moment it is not sent any more.
    fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// When the last try began.
    fn sending_at(&self) -> Option<DateTime> {
        self.0.sending_at.map(DateTime::from)
    }

    /// When the mail server or the gateway took it.
    fn sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(DateTime::from)
    }

    /// When it arrived, by a receipt.
    fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(DateTime::from)
    }

    /// When the person read it: by a receipt, or by the use of the code or the link in it.
    fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime::from)
    }

    /// When it failed.
    fn failed_at(&self) -> Option<DateTime> {
        self.0.failed_at.map(DateTime::from)
    }

    /// The person who settled it while nobody knew whether it was sent.
    fn resolved_by_id(&self) -> Option<Uid> {
        self.0.resolved_by.map(Uid::from)
    }

    /// When that was.
    fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved_at.map(DateTime::from)
    }

    /// How that person knows.
    fn resolution_note(&self) -> Option<&str> {
        self.0.resolution_note.as_deref()
    }
}

planned! {
    MessageAttempt {
        "id" => leaf(id);
        "messageId" => leaf(message_id);
        "kind" => leaf(kind);
        "channel" => leaf(channel);
        "edition" => leaf(edition);
        "language" => leaf(language);
        "personId" => leaf(person_id);
        "projectId" => leaf(project_id);
        "addressTail" => leaf(address_tail);
        "state" => leaf(state);
        "error" => leaf(error);
        "errorText" => leaf(error_text);
        "tries" => leaf(tries);
        "providerId" => leaf(provider_id);
        "providerText" => leaf(provider_text);
        "createdAt" => leaf(created_at);
        "nextTryAt" => leaf(next_try_at);
        "expiresAt" => leaf(expires_at);
        "sendingAt" => leaf(sending_at);
        "sentAt" => leaf(sent_at);
        "deliveredAt" => leaf(delivered_at);
        "readAt" => leaf(read_at);
        "failedAt" => leaf(failed_at);
        "resolvedById" => leaf(resolved_by_id);
        "resolvedAt" => leaf(resolved_at);
        "resolutionNote" => leaf(resolution_note);
    }
}
