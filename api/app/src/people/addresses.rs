//! A person confirms the own e-mail address or number by a code that is sent to it.

use domain::message::code::{self, SentCodes};
use domain::message::{MessageChannel, MessageKind, Placeholder, address};
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use sha2::{Digest, Sha256};
use store::boxed;
use store::entity::{address_codes, confirmed_addresses, people};
use uuid::Uuid;

use super::audit;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::messages::{ChannelChoice, Enqueued, NewMessage, Recipient, enqueue, reachable};
use crate::session::{Client, require_whole_session};
use crate::unit_of_work::UnitOfWork;

/// How a person is reached, as the person sees it; masked in a session of one unit.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether a code has confirmed it.
    pub email_confirmed: bool,
    /// The phone, as it was written.
    pub phone: Option<String>,
    /// The phone as a number that can be sent to.
    pub phone_number: Option<String>,
    /// Whether a code has confirmed that number.
    pub phone_confirmed: bool,
}

/// How the caller is reached.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn contact_of(app: &App, caller: &Caller) -> Result<Contact> {
    let person = store::sessions::person(app.db.read(), caller.person_id).await?;
    let person = person.ok_or_else(|| Error::not_found(""))?;
    let confirmed = store::addresses::confirmed(app.db.read(), person.id).await?;
    let is_confirmed = |channel: MessageChannel, to: Option<&String>| {
        to.is_some_and(|to| confirmed.iter().any(|row| row.channel == channel && row.address == *to))
    };
    let phone_number = number_of(person.phone.as_deref());
    let contact = Contact {
        email_confirmed: is_confirmed(MessageChannel::Email, person.email.as_ref()),
        phone_confirmed: is_confirmed(MessageChannel::Sms, phone_number.as_ref()),
        email: person.email,
        phone: person.phone,
        phone_number,
    };
    Ok(if caller.only_unit.is_some() { contact.masked() } else { contact })
}

impl Contact {
    fn masked(self) -> Self {
        let masked = |address: Option<String>| address.map(|address| address::masked(&address));
        let (email, phone, phone_number) = (masked(self.email), masked(self.phone), masked(self.phone_number));
        Self { email, phone, phone_number, ..self }
    }
}

/// The number of a person's phone that messages can be sent to.
#[must_use]
pub fn number_of(phone: Option<&str>) -> Option<String> {
    phone.and_then(address::e164)
}

/// Sends a code to the caller's own address of a channel; returns the masked address. An earlier code is good no more.
///
/// # Errors
/// `NO_CHANNEL` without such an address, `CODE_LIMIT`, `UNIT_SESSION`, or an internal error.
#[boxed]
pub async fn request_code(app: &App, client: &Client, caller: &Caller, channel: MessageChannel) -> Result<String> {
    require_whole_session(caller)?;
    let mut work = Context::new(app, caller).begin().await?;
    let person_id = caller.person_id;
    // Of two requests at once the second waits, and finds what the first has counted.
    store::members::person_for_update(&work.tx, person_id).await?;
    let no_channel = || Error::from(Refusal::at(RefusalCode::NoChannel, "channel"));
    if !matches!(channel, MessageChannel::Email | MessageChannel::Sms) {
        return Err(no_channel());
    }
    let to = reachable(&work, &Recipient::Person(person_id), ChannelChoice::On(channel)).await?;
    let to = to.ok_or_else(no_channel)?.to;
    let earlier = store::addresses::code_for_update(&work.tx, person_id, channel).await?;
    let sent = code::with_another(earlier.as_ref().map(sent_codes), work.now);
    let sent = sent.map_err(|seconds| Refusal::new(RefusalCode::CodeLimit).with("seconds", seconds))?;
    let code = new_code()?;
    let expires_at = work.now.plus_seconds(code::GOOD_MINUTES * 60);
    let row = address_codes::Model {
        person_id,
        channel,
        address: to,
        code_hash: Some(hash(person_id, channel, &code)),
        tries: 0,
        expires_at: expires_at.0,
        sent_since: sent.since.0,
        sent_at: sent.last.0,
        sent_count: sent.count,
    };
    store::addresses::save_code(&work.tx, row).await?;
    let message = NewMessage::new(work.new_id(), MessageKind::AddressCode, Recipient::Person(person_id))
        .on(channel)
        .with(Placeholder::Code, code)
        .with(Placeholder::Minutes, code::GOOD_MINUTES.to_string())
        .until(expires_at);
    let Enqueued::Queued { tail, .. } = enqueue(&mut work, message).await? else { return Err(no_channel()) };
    work.commit().await?;
    audit::address_code_sent(client, caller, channel);
    Ok(tail)
}

/// Confirms the caller's own address of a channel by the code that was sent to it. A code is good once, for five
/// minutes and five tries, as long as the address is the same.
///
/// # Errors
/// `CODE_INVALID`, `UNIT_SESSION`, or an internal error.
#[boxed]
pub async fn confirm(app: &App, client: &Client, caller: &Caller, channel: MessageChannel, given: &str) -> Result<()> {
    require_whole_session(caller)?;
    let work = Context::new(app, caller).begin().await?;
    let invalid = || Error::from(Refusal::at(RefusalCode::CodeInvalid, "code"));
    let person_id = caller.person_id;
    let row = store::addresses::code_for_update(&work.tx, person_id, channel).await?;
    let Some(mut row) = row.filter(|row| is_open(row, work.now)) else { return Err(invalid()) };
    if !is_right(&row, given) || !is_still_the_address(&work, &row).await? {
        // The try counts, so it is committed.
        row.tries += 1;
        store::addresses::save_code(&work.tx, row).await?;
        work.commit().await?;
        return Err(invalid());
    }
    let confirmed_at = work.now.0;
    let confirmed = confirmed_addresses::Model { person_id, channel, address: row.address.clone(), confirmed_at };
    store::addresses::confirm(&work.tx, confirmed).await?;
    row.code_hash = None;
    store::addresses::save_code(&work.tx, row).await?;
    work.commit().await?;
    audit::address_confirmed(client, caller, channel);
    Ok(())
}

fn is_open(row: &address_codes::Model, now: Timestamp) -> bool {
    row.code_hash.is_some() && row.tries < code::TRIES && now.0 < row.expires_at
}

fn is_right(row: &address_codes::Model, given: &str) -> bool {
    let given = code::read(given).map(|given| hash(row.person_id, row.channel, &given));
    given.is_some() && given == row.code_hash
}

async fn is_still_the_address(work: &UnitOfWork, row: &address_codes::Model) -> Result<bool> {
    let recipient = Recipient::Person(row.person_id);
    let now = reachable(work, &recipient, ChannelChoice::On(row.channel)).await?;
    Ok(now.is_some_and(|address| address.to == row.address))
}

fn sent_codes(row: &address_codes::Model) -> SentCodes {
    SentCodes { since: Timestamp(row.sent_since), last: Timestamp(row.sent_at), count: row.sent_count }
}

/// A new code.
///
/// # Errors
/// When there is no chance to be had.
pub(crate) fn new_code() -> Result<String> {
    loop {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        if let Some(code) = code::of_random(u32::from_le_bytes(bytes)) {
            return Ok(code);
        }
    }
}

/// The code of one person and channel: the same digits are another hash elsewhere.
fn hash(person_id: Uuid, channel: MessageChannel, code: &str) -> Vec<u8> {
    Sha256::digest(format!("{person_id}:{channel}:{code}")).to_vec()
}
