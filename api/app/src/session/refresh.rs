//! Stay signed in: a refresh token is good once, and once more for a client whose answer was lost.
//!
//! - The **current** token is changed for new ones. The access token that it came with ends at once.
//! - The **previous** one is answered with the same new tokens again for 60 s, as long as neither of them was used. Two
//!   refreshes at once, and a client whose answer was lost, get the same pair.
//! - Every **other spent** one is in two hands: the session ends, and the next sign-in has a notice.
//! - A token of a **generation to come** is of a database that was restored from an older backup: it is refused, and
//!   nothing ends.

use domain::session::{SESSION_SECONDS, SessionEndReason};
use domain::{Refusal, RefusalCode, Timestamp};
use store::boxed;
use store::db::WriteTx;
use store::entity::sessions;

use super::audit;
use super::client::Client;
use super::tokens::{RefreshToken, Session, TokenPair, random};
use crate::App;
use crate::error::{Error, Result};

/// For so long the previous refresh token is answered again.
const REPEAT_SECONDS: i64 = 60;

/// The relation of a refresh token to its session.
#[derive(Debug, PartialEq, Eq)]
enum TokenState {
    Current,
    /// The one before, whose answer may have been lost.
    Previous,
    Spent,
    /// The session is over, or the token is none of its own.
    Useless,
}

/// Changes a refresh token for new tokens.
///
/// # Errors
/// `SESSION_EXPIRED`.
#[boxed]
pub async fn refresh(app: &App, client: &Client, refresh_token: &str) -> Result<Session> {
    let given = RefreshToken::read(refresh_token);
    let (now, hash, family) = (app.clock.now(), given.hash(), given.family_hash());
    if !store::session_families::is_known_refresh_token(app.db.read(), &hash, family.as_deref()).await? {
        return Err(expired());
    }
    let tx = app.db.begin().await?;
    let found = store::session_families::by_refresh_token(&tx, &hash, family.as_deref()).await?;
    let Some(row) = found else { return Err(expired()) };
    if is_of_a_demo_that_is_off(app, &tx, &row).await? || is_without_its_unit(app, &tx, &row).await? {
        return Err(expired());
    }
    match token_state(&row, &given, now) {
        TokenState::Current => rotate(app, client, tx, row, &given).await,
        TokenState::Previous => repeat(row, &given),
        TokenState::Spent => {
            end_reused(app, client, tx, row).await?;
            Err(expired())
        }
        TokenState::Useless => Err(expired()),
    }
}

/// The access tokens of such a session open nothing, so a new pair would only let its client ask again and again.
async fn is_of_a_demo_that_is_off(app: &App, tx: &WriteTx, row: &sessions::Model) -> Result<bool> {
    let person = store::sessions::person(tx, row.person_id).await?;
    Ok(person.is_some_and(|person| person.demo && !app.demo))
}

/// A session of one unit ends with the ownership, and with the last day of a proxy's power.
async fn is_without_its_unit(app: &App, tx: &WriteTx, row: &sessions::Model) -> Result<bool> {
    let Some(unit_id) = row.unit_id else { return Ok(false) };
    Ok(!store::sessions::belongs_to(tx, row.person_id, unit_id, app.clock.now()).await?)
}

fn expired() -> Error {
    Refusal::new(RefusalCode::SessionExpired).into()
}

fn token_state(row: &sessions::Model, given: &RefreshToken, now: Timestamp) -> TokenState {
    let last = Timestamp(row.created_at).plus_seconds(SESSION_SECONDS);
    if row.revoked_at.is_some() || row.refresh_expires_at <= now.0 || last <= now {
        return TokenState::Useless;
    }
    let hash = given.hash();
    if row.refresh_hash == hash {
        return TokenState::Current;
    }
    let previous = row.previous_refresh_hash.as_ref() == Some(&hash);
    let fresh = row.rotated_at.is_some_and(|at| now <= Timestamp(at).plus_seconds(REPEAT_SECONDS));
    if previous && fresh && row.successor_salt.is_some() && row.first_used_at.is_none() {
        return TokenState::Previous;
    }
    let newest = row.generation.and_then(|generation| u32::try_from(generation).ok());
    match given.generation() {
        // Found by the family alone: a token that was never given out is no sign of a second hand.
        Some(generation) if newest.is_none_or(|newest| generation >= newest) => TokenState::Useless,
        _ => TokenState::Spent,
    }
}

async fn rotate(
    app: &App,
    client: &Client,
    tx: WriteTx,
    mut row: sessions::Model,
    given: &RefreshToken,
) -> Result<Session> {
    let (salt, now) = (random::<32>()?, app.clock.now());
    let generation = row.generation.unwrap_or(0).saturating_add(1);
    let pair = TokenPair::successor(given, &salt, generation.unsigned_abs())?;
    if given.generation().is_none() {
        row.ancestor_hash = Some(given.hash());
    }
    row.previous_refresh_hash = Some(given.hash());
    pair.write_to(&mut row, now);
    row.successor_salt = Some(salt.to_vec());
    row.last_seen_at = Some(now.0);
    row.last_address = Some(client.address.to_string());
    let (id, session) = (row.id, pair.into_session(&row));
    store::sessions::save(&tx, row).await?;
    tx.commit().await?;
    app.caller_cache.forget_session(id);
    Ok(session)
}

fn repeat(row: sessions::Model, given: &RefreshToken) -> Result<Session> {
    let salt = row.successor_salt.as_deref().unwrap_or_default();
    let pair = TokenPair::successor(given, salt, row.generation.unwrap_or(0).unsigned_abs())?;
    if pair.is_of(&row) { Ok(pair.into_session(&row)) } else { Err(expired()) }
}

async fn end_reused(app: &App, client: &Client, tx: WriteTx, row: sessions::Model) -> Result<()> {
    let (id, person, now) = (row.id, row.person_id, app.clock.now().0);
    store::session_ends::end(&tx, person, id, SessionEndReason::TokenReused, now).await?;
    if let Some(device) = row.device_hash {
        store::session_ends::clear_device_hash(&tx, person, &device).await?;
    }
    tx.commit().await?;
    app.caller_cache.forget_session(id);
    audit::refresh_token_reused(person, client.address);
    Ok(())
}
