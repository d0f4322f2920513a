//! Where a person is reached: the channel and the address on file.

use domain::message::{MessageChannel, MessageKind, address};
use domain::{Language, RefusalCode};
use message_channels::Channels;
use store::boxed;
use store::entity::{confirmed_addresses, people};

use super::enqueue::{ChannelChoice, Recipient};
use super::preferences::Preferences;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// The order in which channels are tried for somebody who has chosen none.
const USUAL: [MessageChannel; 2] = [MessageChannel::Email, MessageChannel::Sms];

/// Where a person is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Over which channel.
    pub channel: MessageChannel,
    /// The address or the number.
    pub to: String,
}

/// Without the address, which no log may hold.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl Address {
    /// The masked address, for people who may know that there is one.
    #[must_use]
    pub fn tail(&self) -> String {
        address::masked(&self.to)
    }
}

/// A recipient as the row says now.
pub(super) struct KnownRecipient {
    pub(super) language: Language,
    pub(super) person: Option<people::Model>,
    pub(super) preferences: Option<Preferences>,
    email: Option<String>,
    phone: Option<String>,
    confirmed: Vec<confirmed_addresses::Model>,
}

impl KnownRecipient {
    /// Reads the recipient.
    pub(super) async fn of(work: &UnitOfWork, recipient: &Recipient) -> Result<Self> {
        match recipient {
            Recipient::Person(id) => {
                let person = store::sessions::person(&work.tx, *id).await?;
                let person = person.ok_or_else(|| Error::from(RefusalCode::NotFound))?;
                let (email, phone) = (person.email.clone(), person.phone.clone());
                let confirmed = store::addresses::confirmed(&work.tx, *id).await?;
                let preferences = Some(Preferences::of(&work.tx, *id).await?);
                Ok(Self { language: person.language, person: Some(person), preferences, email, phone, confirmed })
            }
            Recipient::Guest { language, email, phone, .. } => {
                let (email, phone) = (email.clone(), phone.clone());
                let (language, confirmed) = (*language, Vec::new());
                Ok(Self { language, person: None, preferences: None, email, phone, confirmed })
            }
        }
    }

    /// The address on file for a channel.
    fn on(&self, channel: MessageChannel) -> Option<Address> {
        let to = match channel {
            MessageChannel::Email => self.email.as_deref().and_then(address::email),
            MessageChannel::Sms => self.phone.as_deref().and_then(address::e164),
            // The gateway knows the devices and the followers by the person's id.
            MessageChannel::OfficialAccount | MessageChannel::Push => {
                self.person.as_ref().map(|person| person.id.to_string())
            }
        };
        to.map(|to| Address { channel, to })
    }

    /// Whether the person has confirmed an address.
    fn is_confirmed(&self, address: &Address) -> bool {
        self.confirmed.iter().any(|row| row.channel == address.channel && row.address == address.to)
    }

    /// The channel that the recipient has chosen, if messages of the kind may go over it. A code or a link goes to an
    /// address: nobody waits for it on a device that is not there.
    fn chosen(&self, kind: MessageKind) -> Option<MessageChannel> {
        let chosen = self.preferences.as_ref()?.channel?;
        (USUAL.contains(&chosen) || !kind.is_secret()).then_some(chosen)
    }

    /// Where a message of the kind reaches the recipient now: over the chosen channel, else at a confirmed address before
    /// another one. None for what the recipient has switched off there.
    pub(super) fn address_for(&self, channels: &Channels, choice: ChannelChoice, kind: MessageKind) -> Option<Address> {
        let wanted: Vec<MessageChannel> = match choice {
            // News of work go over one channel; text messages about it are for whoever has asked for them.
            ChannelChoice::Preferred if kind.needs_confirmed_address() => {
                vec![self.chosen(kind).unwrap_or(MessageChannel::Email)]
            }
            ChannelChoice::Preferred => self.chosen(kind).into_iter().chain(USUAL).collect(),
            ChannelChoice::On(channel) => vec![channel],
        };
        let offered = wanted.into_iter().filter(|channel| channels.offers(*channel));
        let addresses: Vec<Address> = offered.filter_map(|channel| self.on(channel)).collect();
        let is_good = |address: &&Address| self.is_chosen(address, kind) || self.is_confirmed(address);
        let best = addresses.iter().find(is_good);
        let address = if kind.needs_confirmed_address() { best } else { best.or(addresses.first()) }?;
        let is_off = self.preferences.as_ref().is_some_and(|preferences| preferences.is_off(address.channel, kind));
        (!is_off).then(|| address.clone())
    }

    /// Whether the person has chosen the channel. Where a message tells of work, an e-mail address or a number must be
    /// confirmed beside.
    fn is_chosen(&self, address: &Address, kind: MessageKind) -> bool {
        let has_address = USUAL.contains(&address.channel) && kind.needs_confirmed_address();
        !has_address && self.chosen(kind) == Some(address.channel)
    }
}

/// Where a code or a link reaches a recipient; none without an address on file for a channel that the server has.
///
/// # Errors
/// `NOT_FOUND`, or when the database fails.
#[boxed]
pub async fn find_address(work: &UnitOfWork, recipient: &Recipient, choice: ChannelChoice) -> Result<Option<Address>> {
    find_address_for(work, recipient, choice, MessageKind::UnitLink).await
}

/// Where a message of a kind reaches a recipient.
pub(crate) async fn find_address_for(
    work: &UnitOfWork,
    recipient: &Recipient,
    choice: ChannelChoice,
    kind: MessageKind,
) -> Result<Option<Address>> {
    Ok(KnownRecipient::of(work, recipient).await?.address_for(&work.channels, choice, kind))
}
