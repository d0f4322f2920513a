//! Sign in with login and password.

use domain::id::PersonId;
use domain::session::{SESSION_SECONDS, SESSIONS_LIMIT, SessionEndReason};
use domain::text::{NAME_LIMIT, optional};
use domain::{Refusal, RefusalCode, Timestamp};
use store::db::WriteTx;
use store::entity::people;

use super::audit;
use super::client::Client;
use super::hash_queue::Priority;
use super::list::{Notice, notices};
use super::open::{Device, SignInBy, open_session};
use super::throttle::{self, Keys};
use super::tokens::{Session, hash, random_token};
use crate::App;
use crate::error::{Error, Result};
use crate::password;

/// Longest password that is checked, in bytes: hashing more would be wasted work.
const PASSWORD_LIMIT: usize = 1_000;
/// Longest device token that is checked, in bytes.
const DEVICE_TOKEN_LIMIT: usize = 100;

/// A hash that no password belongs to, so that an unknown login takes as long as a known one.
const UNUSABLE_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Zm9yLW5vYm9keS1hdC1hbGw$gQ0zL5QJ7dJ0n6p7h0b7V5xJk1lQm0m1h2v3w4x5y6E";

/// The credentials of a sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// The login, in any case.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The name that the person gives the device.
    pub device: Option<&'a str>,
    /// The device token of this person's last sign-in on the device.
    pub device_token: Option<&'a str>,
}

/// The result of a sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// For the next sign-in of this person on this device.
    pub device_token: String,
    /// Notices to the person about earlier sessions.
    pub notices: Vec<Notice>,
}

/// Signs in.
///
/// # Errors
/// `SIGN_IN_FAILED` for every wrong value, `SIGN_IN_SLOWED` after too many failures, `Overloaded` when too many
/// passwords wait to be checked.
pub async fn create(app: &App, client: &Client, given: Credentials<'_>) -> Result<SignedIn> {
    let attempt = Attempt::read(app, given).await?;
    let keys = attempt.throttle_keys(client);
    let outcome = attempt.sign_in(app, client, &keys).await;
    note_refusal(client, &outcome);
    outcome
}

/// A sign-in whose login and device token have been read.
struct Attempt<'a> {
    login: String,
    password: &'a str,
    device: Option<String>,
    /// The token, if the device is known for this login.
    known_device: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    async fn read(app: &App, given: Credentials<'a>) -> Result<Self> {
        let device = optional(given.device, NAME_LIMIT, "device")?;
        let login = given.login.trim().to_lowercase();
        let token = given.device_token.filter(|token| token.len() <= DEVICE_TOKEN_LIMIT && is_storable(&login));
        let known_device = match token {
            Some(token) => {
                let known = store::session_families::is_known_device(app.db.read(), &login, &hash(token)).await?;
                known.then_some(token)
            }
            None => None,
        };
        Ok(Self { login, password: given.password, device, known_device })
    }

    fn throttle_keys(&self, client: &Client) -> Keys {
        match self.known_device {
            Some(token) => Keys::of_device(&self.login, &hash(token)),
            None => Keys::of_address(&self.login, client),
        }
    }

    async fn sign_in(self, app: &App, client: &Client, keys: &Keys) -> Result<SignedIn> {
        throttle::check(app.db.read(), keys, app.clock.now()).await?;
        let person = self.check_password(app, client, keys).await?;
        let now = app.clock.now();
        match person {
            Ok(person) => self.begin_session(app, client, keys, now, person).await,
            Err(person) => refuse_sign_in(app, client, keys, now, person).await,
        }
    }

    /// Waits for a turn and checks the password. `Ok` is the person; `Err` is the person with the login, if any.
    async fn check_password(
        &self,
        app: &App,
        client: &Client,
        keys: &Keys,
    ) -> Result<Result<people::Model, Option<people::Model>>> {
        let priority = if self.known_device.is_some() { Priority::KnownDevice } else { Priority::Stranger };
        let _turn = app.hash_queue.enter(client, priority).await?;
        // Others may have failed while this one waited.
        throttle::check(app.db.read(), keys, app.clock.now()).await?;
        let person = match is_storable(&self.login) {
            true => store::sessions::person_by_login(app.db.read(), &self.login).await?,
            false => None,
        };
        // People of a demo that is off are as unknown as a login that does not exist.
        let person = person.filter(|person| app.demo || !person.demo);
        let known = person.as_ref().and_then(|person| person.password_hash.clone());
        let may = known.is_some() && self.password.len() <= PASSWORD_LIMIT;
        let password = if self.password.len() <= PASSWORD_LIMIT { self.password.to_owned() } else { String::new() };
        let right = password::verify(password, known.unwrap_or_else(|| UNUSABLE_HASH.to_owned())).await?;
        Ok(match person {
            Some(person) if may && right => Ok(person),
            other => Err(other),
        })
    }

    async fn begin_session(
        self,
        app: &App,
        client: &Client,
        keys: &Keys,
        now: Timestamp,
        person: people::Model,
    ) -> Result<SignedIn> {
        let known = self.known_device.is_some();
        let device_token = match self.known_device {
            Some(token) => token.to_owned(),
            None => random_token()?,
        };
        let tx = app.db.begin().await?;
        throttle::record_attempt(&tx, keys, now, true).await?;
        let notices = notices(&tx, person.id).await?;
        let by = SignInBy::Password { device_token: &device_token };
        let device = Device { name: self.device, by };
        let surplus = end_surplus(&tx, person.id, now).await?;
        let session = open_session(app, &tx, client, person.id, device).await?;
        tx.commit().await?;
        audit::signed_in(person.id, client.address, known);
        if surplus > 0 {
            app.caller_cache.forget();
            audit::sessions_ended(person.id, person.id, client.address, SessionEndReason::TooMany, surplus);
        }
        super::rehash::rehash(app, &person, self.password).await;
        Ok(SignedIn { session, device_token, notices })
    }
}

/// Ends the sessions that were used longest ago, so that one more is within the limit; returns how many ended.
pub(super) async fn end_surplus(tx: &WriteTx, person_id: PersonId, now: Timestamp) -> Result<u64> {
    // One sign-in of a person after the other: each counts the sessions that the other left.
    store::passwords::person_for_update(tx, person_id).await?;
    let (kept, oldest) = (SESSIONS_LIMIT - 1, now.plus_seconds(-SESSION_SECONDS).0);
    let reason = SessionEndReason::TooMany;
    let ended = store::session_ends::end_surplus(tx, person_id, kept, oldest, reason, now.0).await?;
    Ok(ended.len() as u64)
}

async fn refuse_sign_in<T>(
    app: &App,
    client: &Client,
    keys: &Keys,
    now: Timestamp,
    person: Option<people::Model>,
) -> Result<T> {
    app.db.write(async |tx| throttle::record_attempt(tx, keys, now, false).await).await?;
    audit::sign_in_failed(person.map(|person| person.id), client.address);
    Err(Refusal::new(RefusalCode::SignInFailed).into())
}

/// PostgreSQL has no text with a NUL in it, and so no such login.
fn is_storable(login: &str) -> bool {
    !login.contains('\0')
}

/// The log lines of refusals before a password was checked.
fn note_refusal<T>(client: &Client, outcome: &Result<T>) {
    match outcome {
        Err(Error::Overloaded(_)) if !client.gone.is_cancelled() => audit::sign_in_queue_full(client.address),
        Err(Error::Refused(refusals)) => {
            let slowed = refusals.iter().find(|refusal| refusal.code == RefusalCode::SignInSlowed);
            let seconds = slowed.and_then(|refusal| refusal.params.first()).and_then(|(_, text)| text.parse().ok());
            if let Some(seconds) = seconds {
                audit::sign_in_slowed(client.address, seconds);
            }
        }
        _ => {}
    }
}
