//! Ask for the code of a sign-in by an owner's link: six digits, sent to the phone or address on file.
//!
//! A code is kept under the token of the link ([`crate::sent_code`]), which the server does not store either
//! ([`crate::unit_link`]).
//!
//! # Limits
//!
//! A code is good for 5 minutes, once, and is compared with 5 guesses; the newest of a link makes the others useless.
//! After 5 wrong guesses neither a guess is compared nor another code sent until the 5 minutes are over. A person gets
//! 10 codes in 24 hours, by whatever links, and a network address asks for 20 in an hour.

use domain::id::UnitLinkId;
use domain::message::code::{GOOD_MINUTES, TRIES};
use domain::message::{MessageChannel, MessageKind, Placeholder};
use domain::unit::link::{OF_ADDRESS, OF_PERSON, seconds_until};
use domain::{Refusal, RefusalCode, Timestamp};
use store::Connection;
use store::boxed;
use store::entity::{sign_in_codes, unit_links};
use store::messages::Withdrawn;

use super::audit;
use super::client::Client;
use super::throttle::code_key;
use crate::App;
use crate::error::{Error, Result};
use crate::messages::{Enqueued, NewMessage, Recipient, enqueue};
use crate::sent_code::{self, new_code};
use crate::unit_link::find_usable;
use crate::unit_of_work::UnitOfWork;

/// A code that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// Over which channel it goes.
    pub channel: MessageChannel,
    /// The masked address.
    pub sent_to: String,
    /// When the code ends.
    pub expires_at: Timestamp,
}

/// Sends a code to the person of a link.
///
/// # Errors
/// `LINK_INVALID`, `SIGN_IN_FIRST`, `SIGN_IN_SLOWED` after too many wrong guesses, `CODE_LIMIT` after too many codes,
/// `NO_CHANNEL` without a phone or address on file, or an internal error.
#[boxed]
pub async fn request(app: &App, client: &Client, token: &str) -> Result<SentCode> {
    let (link, _) = find_usable(app, app.db.read(), token).await?;
    let address_key = code_key(client);
    // Before a transaction begins, because strangers may ask any number of times, and on SQLite there is one writer.
    check_limits(app.db.read(), &link, &address_key, app.clock.now()).await?;
    let mut work = app.begin_by_server(link.project_id).await?;
    // Two requests of a person, or from an address, come one after the other: each counts what the other has sent.
    store::passwords::person_for_update(&work.tx, link.person_id).await?;
    store::sign_in_attempts::lock(&work.tx, &address_key).await?;
    let (link, person) = find_usable(app, &work.tx, token).await?;
    check_limits(&work.tx, &link, &address_key, work.now).await?;
    let (id, code) = (work.new_id(), new_code()?);
    let expires_at = work.now.plus_seconds(GOOD_MINUTES * 60);
    let row = sign_in_codes::Model {
        id,
        link_id: link.id,
        person_id: person.id,
        address_key,
        code_hash: sent_code::hash(token, id.uuid().as_bytes(), &code)?,
        tries: 0,
        created_at: work.now.0,
        expires_at: expires_at.0,
        used_at: None,
    };
    withdraw_earlier(&work, link.id).await?;
    store::sign_in_codes::insert(&work.tx, row).await?;
    let message = NewMessage::new(id.uuid(), MessageKind::SignInCode, Recipient::Person(person.id))
        .with(Placeholder::Code, code)
        .with(Placeholder::Minutes, GOOD_MINUTES.to_string())
        .until(expires_at)
        .in_project(link.project_id);
    let Enqueued::Queued { channel, tail, .. } = enqueue(&mut work, message).await? else {
        return Err(RefusalCode::NoChannel.into());
    };
    work.commit().await?;
    audit::code_sent(person.id, client.address);
    Ok(SentCode { channel, sent_to: tail, expires_at })
}

/// Withdraws the message with the code of before, if it was not sent yet, because that code is good no more.
async fn withdraw_earlier(work: &UnitOfWork, link_id: UnitLinkId) -> Result<()> {
    if let Some(earlier) = store::sign_in_codes::newest_of_link(&work.tx, link_id).await? {
        store::messages::withdraw(&work.tx, Withdrawn::Message(earlier.id.uuid()), work.now).await?;
    }
    Ok(())
}

/// Refuses while the guesses at the newest code are used up, and beyond the quotas of person and address.
async fn check_limits(conn: &Connection, link: &unit_links::Model, address_key: &str, now: Timestamp) -> Result<()> {
    if let Some(newest) = store::sign_in_codes::newest_of_link(conn, link.id).await? {
        refuse_without_tries(&newest, now)?;
    }
    let of_person = store::sign_in_codes::sent_to_person(conn, link.person_id, OF_PERSON.since(now)).await?;
    let of_address = store::sign_in_codes::sent_for_address(conn, address_key, OF_ADDRESS.since(now)).await?;
    let waits = [OF_PERSON.wait_seconds(&of_person, now), OF_ADDRESS.wait_seconds(&of_address, now)];
    match waits.into_iter().flatten().max() {
        Some(seconds) => Err(Refusal::new(RefusalCode::CodeLimit).with("seconds", seconds).into()),
        None => Ok(()),
    }
}

/// Refuses with a wait while a code is good but for its guesses, which are used up.
fn refuse_without_tries(code: &sign_in_codes::Model, now: Timestamp) -> Result<()> {
    if code.used_at.is_none() && code.expires_at > now.0 && code.tries >= TRIES {
        let seconds = seconds_until(Timestamp(code.expires_at), now);
        return Err(Refusal::new(RefusalCode::SignInSlowed).with("seconds", seconds).into());
    }
    Ok(())
}

/// The code with which a guess may be compared now: the newest of the link.
///
/// # Errors
/// `CODE_INVALID` without one that is good, `SIGN_IN_SLOWED` when its guesses are used up, or an internal error.
pub(super) async fn open_code(conn: &Connection, link_id: UnitLinkId, now: Timestamp) -> Result<sign_in_codes::Model> {
    let newest = store::sign_in_codes::newest_of_link(conn, link_id).await?;
    let newest = newest.filter(|code| code.used_at.is_none() && code.expires_at > now.0);
    let newest = newest.ok_or_else(invalid)?;
    refuse_without_tries(&newest, now)?;
    Ok(newest)
}

/// The refusal of a code that is not the right one, whatever the reason.
pub(super) fn invalid() -> Error {
    Refusal::at(RefusalCode::CodeInvalid, "code").into()
}

/// Whether a guess is the code. The row's id is in the hash, so that equal codes of a link have different hashes.
pub(super) fn is_right(token: &str, stored: &sign_in_codes::Model, guess: &str) -> Result<bool> {
    sent_code::is_right(token, stored.id.uuid().as_bytes(), guess, &stored.code_hash)
}

#[cfg(test)]
mod tests {
    use domain::id::{PersonId, SignInCodeId};

    use super::*;

    fn stored(id: u128, token: &str, code: &str) -> sign_in_codes::Model {
        let id = SignInCodeId::from_u128(id);
        sign_in_codes::Model {
            id,
            link_id: UnitLinkId::nil(),
            person_id: PersonId::nil(),
            address_key: String::new(),
            code_hash: sent_code::hash(token, id.uuid().as_bytes(), code).expect("a hash"),
            tries: 0,
            created_at: 0,
            expires_at: 1_000_000,
            used_at: None,
        }
    }

    #[test]
    fn a_code_is_right_for_its_own_link_and_row() {
        let row = stored(1, "token", "123456");
        assert!(is_right("token", &row, "123456").expect("compared"));
        for (token, guess) in [("token", "123457"), ("other", "123456"), ("token", ""), ("token", "0123456")] {
            assert!(!is_right(token, &row, guess).expect("compared"), "{token} {guess}");
        }
        assert_ne!(row.code_hash, stored(2, "token", "123456").code_hash, "equal codes look different");
    }

    #[test]
    fn a_wait_lasts_until_the_code_ends() {
        let row = |tries| sign_in_codes::Model { tries, ..stored(1, "token", "123456") };
        assert!(refuse_without_tries(&row(TRIES - 1), Timestamp(0)).is_ok());
        assert!(refuse_without_tries(&row(TRIES), Timestamp(0)).is_err());
        assert!(refuse_without_tries(&row(TRIES), Timestamp(1_000_000)).is_ok(), "it has ended");
    }
}
