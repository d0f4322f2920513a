//! Where a person is reached: the channel and the address on file.

use domain::message::{MessageChannel, address};
use domain::{Language, RefusalCode};
use message_channels::Channels;
use store::boxed;
use store::entity::{confirmed_addresses, people};

use super::enqueue::{ChannelChoice, Recipient};
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
pub(super) struct Known {
    pub(super) language: Language,
    pub(super) person: Option<people::Model>,
    email: Option<String>,
    phone: Option<String>,
    confirmed: Vec<confirmed_addresses::Model>,
}

impl Known {
    /// Reads the recipient.
    pub(super) async fn of(work: &UnitOfWork, recipient: &Recipient) -> Result<Self> {
        match recipient {
            Recipient::Person(id) => {
                let person = store::sessions::person(&work.tx, *id).await?;
                let person = person.ok_or_else(|| Error::from(RefusalCode::NotFound))?;
                let (email, phone) = (person.email.clone(), person.phone.clone());
                let confirmed = store::addresses::confirmed(&work.tx, *id).await?;
                Ok(Self { language: person.language, person: Some(person), email, phone, confirmed })
            }
            Recipient::Guest { language, email, phone, .. } => {
                let (email, phone) = (email.clone(), phone.clone());
                Ok(Self { language: *language, person: None, email, phone, confirmed: Vec::new() })
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

    /// Where the recipient is reached now: a confirmed address before another one.
    pub(super) fn reached_by(&self, channels: &Channels, choice: ChannelChoice) -> Option<Address> {
        let wanted: &[MessageChannel] = match &choice {
            ChannelChoice::Preferred => &USUAL,
            ChannelChoice::On(channel) => std::slice::from_ref(channel),
        };
        let offered = wanted.iter().copied().filter(|channel| channels.offers(*channel));
        let addresses: Vec<Address> = offered.filter_map(|channel| self.on(channel)).collect();
        let confirmed = addresses.iter().find(|address| self.is_confirmed(address));
        confirmed.or(addresses.first()).cloned()
    }
}

/// Where a recipient is reached; none without an address on file for a channel that the server has.
///
/// # Errors
/// `NOT_FOUND`, or when the database fails.
#[boxed]
pub async fn reachable(work: &UnitOfWork, recipient: &Recipient, choice: ChannelChoice) -> Result<Option<Address>> {
    Ok(Known::of(work, recipient).await?.reached_by(&work.channels, choice))
}
