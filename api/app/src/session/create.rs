//! Sign in with login and password.

use domain::text::{NAME_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use sha2::{Digest, Sha256};
use store::entity::{people, sessions};

use super::slow;
use super::tokens::{Session, renew};
use crate::App;
use crate::error::Result;
use crate::password;

/// Longest password that is looked at, in bytes: hashing more would be work for nothing.
const PASSWORD_LIMIT: usize = 1_000;

/// A hash that no password belongs to, so that an unknown login takes as long as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Zm9yLW5vYm9keS1hdC1hbGw$gQ0zL5QJ7dJ0n6p7h0b7V5xJk1lQm0m1h2v3w4x5y6E";

/// Signs in.
///
/// # Errors
/// `SIGN_IN_FAILED` whatever was wrong, `SIGN_IN_SLOWED` after too many failures.
pub async fn create(app: &App, login: &str, password: &str, device: Option<&str>) -> Result<Session> {
    let device = optional(device, NAME_LIMIT, "device")?;
    let login = login.trim().to_lowercase();
    let now = app.clock.now();
    // The login itself is not kept: it may be one that does not exist, or a password typed in the wrong field.
    let key = hex::encode(Sha256::digest(login.as_bytes()));
    slow::admit(app.db.read(), &key, now).await?;
    let person = match login.contains('\0') {
        // PostgreSQL has no such text.
        true => None,
        false => store::sessions::person_by_login(app.db.read(), &login).await?,
    };
    // People of a demo that is off are as unknown as a login that does not exist.
    let person = person.filter(|person| app.demo || !person.demo);
    let person = check_password(person, password).await?;
    let tx = app.db.begin().await?;
    slow::settle(&tx, &key, now, person.is_some()).await?;
    let Some(person) = person else {
        tx.commit().await?;
        return Err(Refusal::new(RefusalCode::SignInFailed).into());
    };
    let mut row = sessions::Model {
        id: app.ids.next(),
        person_id: person.id,
        access_hash: Vec::new(),
        access_expires_at: 0,
        refresh_hash: Vec::new(),
        previous_refresh_hash: None,
        refresh_expires_at: 0,
        revoked_at: None,
        device,
        created_at: now.0,
    };
    let session = renew(&mut row, now)?;
    store::sessions::insert(&tx, row).await?;
    tx.commit().await?;
    super::rehash::rehash(app, &person, password).await;
    Ok(session)
}

async fn check_password(person: Option<people::Model>, given: &str) -> Result<Option<people::Model>> {
    let known = person.as_ref().and_then(|person| person.password_hash.clone());
    let may = known.is_some() && given.len() <= PASSWORD_LIMIT;
    let given: String = if given.len() <= PASSWORD_LIMIT { given.to_owned() } else { String::new() };
    let right = password::verify(given, known.unwrap_or_else(|| NOBODY.to_owned())).await?;
    Ok(person.filter(|_| may && right))
}
