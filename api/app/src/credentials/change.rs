//! A person changes the own password, with the current one.

use domain::id::SessionId;
use domain::{Caller, Refusal, RefusalCode};
use store::boxed;
use store::entity::people;

use super::end;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::password;
use crate::session::throttle::{self, Keys};
use crate::session::{Client, Priority, require_whole_session};

/// Changes the caller's password. All other sessions of the person end; the session that asks goes on. Wrong current
/// passwords are slowed down as failed sign-ins are, counted by session, because a stolen session must be no way to
/// guess, and no way to keep the person from changing the password elsewhere.
///
/// # Errors
/// `UNIT_SESSION`, `PASSWORD_WRONG`, `SIGN_IN_SLOWED`, `INVALID_VALUE` for a weak password, or an internal error.
#[boxed]
pub async fn change(app: &App, client: &Client, caller: &Caller, current: &str, new: &str) -> Result<()> {
    require_whole_session(caller)?;
    let person = store::sessions::person(app.db.read(), caller.person_id).await?;
    let person = person.ok_or_else(|| Error::not_found(""))?;
    domain::password::check(new, &person.login, "newPassword")?;
    // Sign-ins have priority, and changes are hashed one after the other: concurrent attempts are all counted.
    let _turn = app.hash_queue.enter(client, Priority::Stranger).await?;
    confirm(app, client, (&person, caller.session_id), current).await?;
    let hash = password::hash(new.to_owned()).await?;
    let mut work = Context::new(app, caller).begin().await?;
    let locked = store::passwords::person_for_update(&work.tx, person.id).await?;
    if locked.is_none_or(|now| now.password_hash != person.password_hash) {
        // The password was changed or reset at the same moment.
        return Err(Refusal::at(RefusalCode::PasswordWrong, "currentPassword").into());
    }
    let ended = end::set_password(&work.tx, person.id, &hash, caller.session_id, work.now).await?;
    end::notify_password_changed(&mut work, person.id).await?;
    work.commit().await?;
    app.caller_cache.forget();
    tracing::info!(person = %person.id, address = %client.address, sessions_ended = ended, "password changed");
    Ok(())
}

/// Checks the current password, and counts a wrong one.
async fn confirm(
    app: &App,
    client: &Client,
    (person, session_id): (&people::Model, Option<SessionId>),
    given: &str,
) -> Result<()> {
    let keys = Keys::of_session(person.id, session_id);
    let now = app.clock.now();
    throttle::check(app.db.read(), &keys, now).await?;
    let hash = person.password_hash.clone().unwrap_or_default();
    let fits = given.len() <= domain::password::LONGEST * 4;
    let right = fits && password::verify(given.to_owned(), hash).await?;
    let tx = app.db.begin().await?;
    throttle::record_attempt(&tx, &keys, now, right).await?;
    tx.commit().await?;
    if right {
        return Ok(());
    }
    let address = client.address;
    tracing::warn!(person = %person.id, %address, "password not changed: the current password was wrong");
    Err(Refusal::at(RefusalCode::PasswordWrong, "currentPassword").into())
}
