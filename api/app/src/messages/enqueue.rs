//! Writing a message into the outbox, in the transaction of its cause.

use domain::id::{MessageAttemptId, OneTimeLinkId, PersonId, ProjectId};
use domain::message::{
    MessageChannel, MessageKind, MessageState, Placeholder, RenderedMessage, TEMPLATE_VERSION, render,
};
use domain::{Language, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::boxed;
use store::entity::message_attempts;
use uuid::Uuid;

use super::address::{Address, KnownRecipient};
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// Who gets a message.
#[derive(Clone)]
pub enum Recipient {
    /// A person: the name, the language and the addresses are those of now.
    Person(PersonId),
    /// Somebody who is no person yet.
    Guest {
        /// The invitation.
        id: OneTimeLinkId,
        /// The language of the text.
        language: Language,
        /// The e-mail address.
        email: Option<String>,
        /// The phone, as people write it.
        phone: Option<String>,
    },
}

/// Over which channel a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelChoice {
    /// That which the person has chosen, or the first one with an address on file.
    Preferred,
    /// This one, to the address on file.
    On(MessageChannel),
}

/// A message to be written.
#[derive(Clone)]
pub struct NewMessage {
    /// What is told: the link, the code, the invitation. With the recipient, the channel and the edition it makes the
    /// message one and the same.
    pub message_id: Uuid,
    /// What it is for.
    pub kind: MessageKind,
    /// Who gets it.
    pub recipient: Recipient,
    /// Over which channel.
    pub channel: ChannelChoice,
    /// The values of the kind's placeholders. The name and the login of a person are filled in where they are left out.
    pub values: Vec<(Placeholder, String)>,
    /// 1 at first; counts up when the same is told anew.
    pub edition: i32,
    /// After this moment it is not sent any more; none: as long as the channel says.
    pub not_after: Option<Timestamp>,
    /// The project that it is about.
    pub project_id: Option<ProjectId>,
    /// The address at which one request switches messages of the kind off.
    pub unsubscribe_url: Option<String>,
}

/// Without values and addresses, which no log may hold.
impl std::fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMessage")
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What became of a new message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// It is sent after the commit.
    Queued {
        /// The attempt.
        attempt_id: MessageAttemptId,
        /// Over which channel it goes.
        channel: MessageChannel,
        /// The masked address.
        tail: String,
    },
    /// The same message was written before.
    Before,
    /// There is no address on file for a channel that the server has, or the person has switched such messages off.
    NoChannel,
}

impl NewMessage {
    /// The first edition of a message, over the channel that the person has chosen.
    #[must_use]
    pub const fn new(message_id: Uuid, kind: MessageKind, recipient: Recipient) -> Self {
        Self {
            message_id,
            kind,
            recipient,
            channel: ChannelChoice::Preferred,
            values: Vec::new(),
            edition: 1,
            not_after: None,
            project_id: None,
            unsubscribe_url: None,
        }
    }

    /// With the value of a placeholder.
    #[must_use]
    pub fn with(mut self, place: Placeholder, value: impl Into<String>) -> Self {
        self.values.push((place, value.into()));
        self
    }

    /// Over this channel.
    #[must_use]
    pub const fn on(mut self, channel: MessageChannel) -> Self {
        self.channel = ChannelChoice::On(channel);
        self
    }

    /// Not after this moment.
    #[must_use]
    pub const fn until(mut self, moment: Timestamp) -> Self {
        self.not_after = Some(moment);
        self
    }

    /// About a project.
    #[must_use]
    pub const fn in_project(mut self, project_id: ProjectId) -> Self {
        self.project_id = Some(project_id);
        self
    }
}

/// Writes a message into the outbox. The sender is woken after the commit; without the commit nothing was written.
///
/// # Errors
/// `NOT_FOUND` for a person who does not exist; an internal error when a placeholder has no value, or the database
/// fails.
#[boxed]
pub async fn enqueue(work: &mut UnitOfWork, message: NewMessage) -> Result<Enqueued> {
    let known = KnownRecipient::of(work, &message.recipient).await?;
    let address = known.address_for(&work.channels, message.channel, message.kind);
    let Some(address) = address else { return Ok(Enqueued::NoChannel) };
    let values = fill_placeholders(&known, &message);
    let text = render(message.kind, address.channel, known.language, &values).map_err(Error::internal)?;
    let mut row = row(work, &message, &known, &address, (values, text));
    if let Some(preferences) = &known.preferences {
        postpone(&mut row, preferences.send_at(&work.tx, message.kind, work.now).await?, message.not_after);
    }
    let (attempt_id, channel, tail) = (row.id, row.channel, row.address_tail.clone());
    if !store::messages::insert(&work.tx, row).await? {
        return Ok(Enqueued::Before);
    }
    work.wakes_sender = true;
    Ok(Enqueued::Queued { attempt_id, channel, tail })
}

/// Puts a message off until the quiet hours have ended, unless it is of no use then any more.
fn postpone(row: &mut message_attempts::Model, until: Timestamp, not_after: Option<Timestamp>) {
    if not_after.is_none_or(|not_after| until < not_after) {
        row.run_at = until.0;
        let lasts_until = until.plus_seconds(row.channel.lifetime_seconds());
        row.expires_at = not_after.unwrap_or(lasts_until).0;
    }
}

/// The given values, and those that the person's row has.
fn fill_placeholders(known: &KnownRecipient, message: &NewMessage) -> Vec<(Placeholder, String)> {
    let mut values = message.values.clone();
    let Some(person) = &known.person else { return values };
    for (place, value) in [(Placeholder::PersonName, &person.name), (Placeholder::Login, &person.login)] {
        let wanted = message.kind.placeholders().contains(&place);
        if wanted && values.iter().all(|(known, _)| *known != place) {
            values.push((place, value.clone()));
        }
    }
    values
}

fn row(
    work: &UnitOfWork,
    message: &NewMessage,
    known: &KnownRecipient,
    address: &Address,
    (values, text): (Vec<(Placeholder, String)>, RenderedMessage),
) -> message_attempts::Model {
    let recipient_id = match &message.recipient {
        Recipient::Person(id) => id.uuid(),
        Recipient::Guest { id, .. } => id.uuid(),
    };
    let params: Map<String, Value> =
        values.into_iter().map(|(place, value)| (place.as_str().to_owned(), Value::String(value))).collect();
    let lasts_until = work.now.plus_seconds(address.channel.lifetime_seconds());
    message_attempts::Model {
        id: work.new_id(),
        message_id: message.message_id,
        kind: message.kind,
        recipient_id,
        person_id: known.person.as_ref().map(|person| person.id),
        project_id: message.project_id,
        channel: address.channel,
        edition: message.edition,
        language: known.language,
        address: Some(address.to.clone()),
        address_hash: Sha256::digest(&address.to).to_vec(),
        address_tail: address.tail(),
        body_sha256: text_hash(message.kind, &text),
        subject: text.subject,
        body: Some(text.text),
        params: Value::Object(params),
        template_version: TEMPLATE_VERSION,
        unsubscribe_url: message.unsubscribe_url.clone(),
        state: MessageState::Queued,
        rank: message.kind.rank(),
        tries: 0,
        run_at: work.now.0,
        expires_at: message.not_after.unwrap_or(lasts_until).0,
        lease_until: None,
        lease_token: None,
        provider_id: None,
        provider_text: None,
        error: None,
        error_text: None,
        created_at: work.now.0,
        sending_at: None,
        sent_at: None,
        delivered_at: None,
        read_at: None,
        failed_at: None,
        resolved_by: None,
        resolved_at: None,
        resolution_note: None,
    }
}

/// The hash of what was written; empty for a text with a secret, which could be found by trying out.
fn text_hash(kind: MessageKind, text: &RenderedMessage) -> Vec<u8> {
    if kind.is_secret() {
        return Vec::new();
    }
    let mut hash = Sha256::new();
    hash.update(text.subject.as_deref().unwrap_or_default());
    hash.update("\n\n");
    hash.update(&text.text);
    hash.finalize().to_vec()
}
