//! Failed sign-ins are slowed where they come from, never a person as such.
//!
//! - From one address **at one login**: the first 4 failures cost nothing, each further one doubles the wait, up to 15
//!   minutes.
//! - From one address **at any logins** (one password tried on many people): 50 failures at once, then one each 15 s.
//! - On a **known device** at its person's login: as at one login, counted for the device alone.
//! - **The current password**, asked for a new one: as at one login, counted for the session alone.
//!
//! So the right password of a person is taken at once from any other address and on a known device, whatever anyone
//! does elsewhere. An address is an IPv4 address or a /56 of IPv6. During a wait no password is looked at: an answer
//! would be a guess for free.

use domain::id::{PersonId, SessionId};
use domain::{Refusal, RefusalCode, Timestamp};
use sha2::{Digest, Sha256};
use store::Connection;
use store::db::WriteTx;
use store::entity::sign_in_attempts::Model;

use super::client::Client;
use crate::error::Result;

/// Failures at one login that cost nothing: a person may mistype.
const FREE_FAILURES: i32 = 4;
/// The longest wait at one login.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// Failures of one address at all logins together that cost nothing: a site shares one address.
const FREE_FAILURES_OF_ADDRESS: i32 = 50;
/// After so long an address has one failure less.
const SECONDS_A_FAILURE_OF_ADDRESS: i64 = 15;
/// Failures are forgotten after a day of quiet, few of them after an hour: as slow as the longest wait.
const FORGET_SECONDS: i64 = 24 * 60 * 60;
const FORGET_FEW_SECONDS: i64 = 60 * 60;

/// Under which keys an attempt is counted.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// Of the login, from this address or on this device.
    login: String,
    /// Of the address; none on a known device.
    address: Option<String>,
}

impl Keys {
    /// The keys of an attempt on a device that the login does not know.
    pub(super) fn of_address(login: &str, client: &Client) -> Self {
        let address = client.counted().to_string();
        Self { login: key(&["login", login, &address]), address: Some(key(&["address", &address])) }
    }

    /// The key of an attempt on a known device.
    pub(super) fn of_device(login: &str, device_hash: &[u8]) -> Self {
        Self { login: key(&["device", login, &hex::encode(device_hash)]), address: None }
    }

    /// The key of the attempts of one session to confirm its person's password. A thief with a stolen session cannot
    /// make another session without the password, and so delays only the stolen session.
    pub(crate) fn of_session(person_id: PersonId, session_id: Option<SessionId>) -> Self {
        let session = session_id.map(|id| id.to_string()).unwrap_or_default();
        Self { login: key(&["session", &person_id.to_string(), &session]), address: None }
    }

    /// All of them, in the order in which they are locked.
    fn sorted(&self) -> Vec<String> {
        let mut keys: Vec<String> = std::iter::once(&self.login).chain(&self.address).cloned().collect();
        keys.sort_unstable();
        keys
    }
}

/// The key of the codes that a network address asks for.
pub(super) fn code_key(client: &Client) -> String {
    key(&["code", &client.counted().to_string()])
}

/// The login itself is not kept: it may be one that does not exist, or a password typed in the wrong field.
fn key(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(parts.join("\0")))
}

/// Refuses while a wait lasts, before any work is done for a password.
pub(crate) async fn check(conn: &Connection, keys: &Keys, now: Timestamp) -> Result<()> {
    refuse_during_wait(&store::sign_in_attempts::find(conn, &keys.sorted()).await?, now)
}

/// Counts a failure, or forgets those at the login after a right password. Refuses, right or wrong, when failures at
/// the same moment have begun a wait meanwhile: of many guesses at once no more are answered than one after the other.
pub(crate) async fn record_attempt(tx: &WriteTx, keys: &Keys, now: Timestamp, right: bool) -> Result<()> {
    if right {
        let earlier = store::sign_in_attempts::lock_existing(tx, &keys.sorted()).await?;
        refuse_during_wait(&earlier, now)?;
        if earlier.iter().any(|row| row.key == keys.login) {
            store::sign_in_attempts::remove(tx, &keys.login).await?;
        }
        return Ok(());
    }
    let mut rows = Vec::new();
    for key in keys.sorted() {
        rows.push(store::sign_in_attempts::lock(tx, &key).await?);
    }
    refuse_during_wait(&rows, now)?;
    for row in rows {
        let counted = if row.key == keys.login { failed_at_login(row, now) } else { failed_of_address(row, now) };
        store::sign_in_attempts::save(tx, counted).await?;
    }
    Ok(())
}

/// Removes counts from which nothing follows any more.
pub(super) async fn remove_old(tx: &WriteTx, now: Timestamp) -> Result<u64> {
    let (before, few_before) = (now.plus_seconds(-FORGET_SECONDS), now.plus_seconds(-FORGET_FEW_SECONDS));
    Ok(store::sign_in_attempts::remove_old(tx, before.0, FREE_FAILURES, few_before.0).await?)
}

fn failed_at_login(row: Model, now: Timestamp) -> Model {
    let forget = if row.failures > FREE_FAILURES { FORGET_SECONDS } else { FORGET_FEW_SECONDS };
    let recent = now < Timestamp(row.last_at).plus_seconds(forget);
    let failures = if recent { row.failures.saturating_add(1) } else { 1 };
    let blocked_until = now.plus_seconds(wait_seconds(failures)).0;
    Model { failures, last_at: now.0, blocked_until, ..row }
}

fn failed_of_address(row: Model, now: Timestamp) -> Model {
    let seconds = now.micros_since(Timestamp(row.last_at)).max(0).div_euclid(1_000_000);
    let forgiven = i32::try_from(seconds.div_euclid(SECONDS_A_FAILURE_OF_ADDRESS)).unwrap_or(i32::MAX);
    let failures = row.failures.saturating_sub(forgiven).max(0).saturating_add(1);
    let over = i64::from((failures - FREE_FAILURES_OF_ADDRESS).max(0));
    let blocked_until = now.plus_seconds(over * SECONDS_A_FAILURE_OF_ADDRESS).0;
    Model { failures, last_at: now.0, blocked_until, ..row }
}

fn refuse_during_wait(rows: &[Model], now: Timestamp) -> Result<()> {
    let longest = rows.iter().map(|row| row.blocked_until).max();
    let left = longest.map_or(0, |until| Timestamp(until).micros_since(now));
    if left <= 0 {
        return Ok(());
    }
    let seconds = left.div_euclid(1_000_000) + 1;
    Err(Refusal::new(RefusalCode::SignInSlowed).with("seconds", seconds).into())
}

fn wait_seconds(failures: i32) -> i64 {
    match failures - FREE_FAILURES {
        ..=0 => 0,
        over @ 1..=9 => 1 << over,
        _ => LONGEST_WAIT_SECONDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Model = Model { key: String::new(), failures: 0, last_at: 0, blocked_until: 0 };

    #[test]
    fn wait_at_a_login_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = [1, 4, 5, 6, 10, 200].into_iter().map(wait_seconds).collect();
        assert_eq!(waits, [0, 0, 2, 4, 64, 900]);
    }

    #[test]
    fn few_failures_are_forgotten_after_an_hour_and_many_after_a_day() {
        let now = Timestamp(0).plus_seconds(1_000_000);
        let after = |failures, seconds: i64| {
            let row = Model { failures, last_at: now.0, ..NONE };
            failed_at_login(row, now.plus_seconds(seconds)).failures
        };
        assert_eq!((after(4, FORGET_FEW_SECONDS - 1), after(4, FORGET_FEW_SECONDS)), (5, 1));
        assert_eq!((after(5, FORGET_SECONDS - 1), after(5, FORGET_SECONDS)), (6, 1));
    }

    #[test]
    fn address_has_fifty_failures_and_one_more_each_quarter_of_a_minute() {
        let now = Timestamp(0).plus_seconds(1_000_000);
        let after_fifty = (0..50).fold(NONE, |row, _| failed_of_address(row, now));
        assert_eq!(after_fifty.blocked_until, now.0);
        let after_next = failed_of_address(after_fifty, now);
        assert_eq!(after_next.blocked_until, now.plus_seconds(15).0);
        // Attempts at the end of each wait come through one by one, and the wait does not grow.
        let later = failed_of_address(after_next, now.plus_seconds(15));
        assert_eq!((later.failures, later.blocked_until), (51, now.plus_seconds(30).0));
        assert_eq!(failed_of_address(later, now.plus_seconds(24 * 60 * 60)).failures, 1);
    }
}
