//! A person confirms the own e-mail address or number by a code that is sent to it.

use domain::id::PersonId;
use domain::message::code::{self, SentCodes};
use domain::message::{MessageChannel, MessageKind, Placeholder, address};
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use store::boxed;
use store::entity::{address_codes, confirmed_addresses};
use store::messages::Used;

use super::audit;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::messages::{ChannelChoice, Enqueued, NewMessage, Recipient, enqueue, find_address};
use crate::sent_code::{self, new_code};
use crate::session::{Client, random_token, require_whole_session};
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

/// A code that is on its way to an address.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressCode {
    /// The masked address.
    pub sent_to: String,
    /// The token under which the code is kept, and with which it is confirmed. The server does not store it.
    pub token: String,
}

/// Sends a code to the caller's own address of a channel. An earlier code is good no more.
///
/// # Errors
/// `NO_CHANNEL` without such an address, `CODE_LIMIT`, `UNIT_SESSION`, or an internal error.
#[boxed]
pub async fn request_code(app: &App, client: &Client, caller: &Caller, channel: MessageChannel) -> Result<AddressCode> {
    require_whole_session(caller)?;
    let mut work = Context::new(app, caller).begin().await?;
    let person_id = caller.person_id;
    // Of two requests at once the second waits, and finds what the first has counted.
    store::members::person_for_update(&work.tx, person_id).await?;
    let no_channel = || Error::from(Refusal::at(RefusalCode::NoChannel, "channel"));
    if !matches!(channel, MessageChannel::Email | MessageChannel::Sms) {
        return Err(no_channel());
    }
    let to = find_address(&work, &Recipient::Person(person_id), ChannelChoice::On(channel)).await?;
    let to = to.ok_or_else(no_channel)?.to;
    let (code, token) = (new_code()?, random_token()?);
    let expires_at = work.now.plus_seconds(code::GOOD_MINUTES * 60);
    save_new_code(&work, (person_id, channel), to, (&token, &code), expires_at).await?;
    let message = NewMessage::new(work.new_id(), MessageKind::AddressCode, Recipient::Person(person_id))
        .on(channel)
        .with(Placeholder::Code, code)
        .with(Placeholder::Minutes, code::GOOD_MINUTES.to_string())
        .until(expires_at);
    let Enqueued::Queued { tail, .. } = enqueue(&mut work, message).await? else { return Err(no_channel()) };
    work.commit().await?;
    audit::address_code_sent(client, caller, channel);
    Ok(AddressCode { sent_to: tail, token })
}

/// Stores a code in place of the one before, within the limit of codes.
async fn save_new_code(
    work: &UnitOfWork,
    (person_id, channel): (PersonId, MessageChannel),
    address: String,
    (token, code): (&str, &str),
    expires_at: Timestamp,
) -> Result<()> {
    let earlier = store::addresses::code_for_update(&work.tx, person_id, channel).await?;
    let sent = code::with_another(earlier.as_ref().map(sent_codes), work.now);
    let sent = sent.map_err(|seconds| Refusal::new(RefusalCode::CodeLimit).with("seconds", seconds))?;
    let row = address_codes::Model {
        person_id,
        channel,
        address,
        code_hash: Some(sent_code::hash(token, &purpose(person_id, channel), code)?),
        tries: 0,
        expires_at: expires_at.0,
        sent_since: sent.since.0,
        sent_at: sent.last.0,
        sent_count: sent.count,
    };
    store::addresses::save_code(&work.tx, row).await.map_err(Error::from)
}

/// The code of an address and the token of its request, as a client gives them.
#[derive(Clone, Copy)]
pub struct GivenCode<'a> {
    /// The token of the request.
    pub token: &'a str,
    /// The code, as the person typed it.
    pub code: &'a str,
}

/// Confirms the caller's own address of a channel by the code that was sent to it and the token of the request. A code is
/// good once, for five minutes and five tries, as long as the address is the same.
///
/// # Errors
/// `CODE_INVALID`, `UNIT_SESSION`, or an internal error.
#[boxed]
pub async fn confirm(
    app: &App,
    client: &Client,
    caller: &Caller,
    channel: MessageChannel,
    given: &GivenCode<'_>,
) -> Result<()> {
    require_whole_session(caller)?;
    let work = Context::new(app, caller).begin().await?;
    let invalid = || Error::from(Refusal::at(RefusalCode::CodeInvalid, "code"));
    let person_id = caller.person_id;
    let row = store::addresses::code_for_update(&work.tx, person_id, channel).await?;
    let Some(mut row) = row.filter(|row| is_open(row, work.now)) else { return Err(invalid()) };
    if !is_right(&row, given)? || !is_still_the_address(&work, &row).await? {
        // The try counts, so it is committed.
        row.tries += 1;
        store::addresses::save_code(&work.tx, row).await?;
        work.commit().await?;
        return Err(invalid());
    }
    let confirmed_at = work.now.0;
    let confirmed = confirmed_addresses::Model { person_id, channel, address: row.address.clone(), confirmed_at };
    store::addresses::confirm(&work.tx, confirmed).await?;
    let used = Used::AddressCode { person_id, channel, sent_at: Timestamp(row.sent_at) };
    store::messages::mark_read_by_use(&work.tx, used, work.now).await?;
    row.code_hash = None;
    store::addresses::save_code(&work.tx, row).await?;
    work.commit().await?;
    audit::address_confirmed(client, caller, channel);
    Ok(())
}

fn is_open(row: &address_codes::Model, now: Timestamp) -> bool {
    row.code_hash.is_some() && row.tries < code::TRIES && now.0 < row.expires_at
}

fn is_right(row: &address_codes::Model, given: &GivenCode<'_>) -> Result<bool> {
    let (Some(code), Some(stored)) = (code::read(given.code), &row.code_hash) else { return Ok(false) };
    sent_code::is_right(given.token, &purpose(row.person_id, row.channel), &code, stored)
}

/// A code is good for one person and channel.
fn purpose(person_id: PersonId, channel: MessageChannel) -> Vec<u8> {
    [person_id.uuid().as_bytes().as_slice(), channel.as_str().as_bytes()].concat()
}

async fn is_still_the_address(work: &UnitOfWork, row: &address_codes::Model) -> Result<bool> {
    let recipient = Recipient::Person(row.person_id);
    let now = find_address(work, &recipient, ChannelChoice::On(row.channel)).await?;
    Ok(now.is_some_and(|address| address.to == row.address))
}

fn sent_codes(row: &address_codes::Model) -> SentCodes {
    SentCodes { since: Timestamp(row.sent_since), last: Timestamp(row.sent_at), count: row.sent_count }
}
