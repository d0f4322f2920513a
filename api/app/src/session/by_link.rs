//! Sign in by an owner's link and a code: a session that sees the unit of the link and nothing else.

use domain::message::code;
use domain::session::SessionEndReason;
use domain::text::{NAME_LIMIT, optional};
use store::boxed;
use store::messages::Used;

use super::audit;
use super::client::Client;
use super::code::{invalid, is_right, open_code};
use super::create::end_surplus;
use super::open::{Device, SignInBy, open_session};
use super::tokens::Session;
use crate::App;
use crate::error::Result;
use crate::unit_link::find_usable;

/// Signs in by a link with the code that was sent for it. The code is used up.
///
/// # Errors
/// `LINK_INVALID`, `SIGN_IN_FIRST`, `CODE_INVALID` whatever is wrong with the code, `SIGN_IN_SLOWED` after 5 wrong ones,
/// a refusal of the device's name, or an internal error.
#[boxed]
pub async fn create(app: &App, client: &Client, token: &str, given: &str, device: Option<&str>) -> Result<Session> {
    let device = optional(device, NAME_LIMIT, "device")?;
    let (link, _) = find_usable(app, app.db.read(), token).await?;
    // Before a transaction begins: a flood of guesses is answered by readers.
    open_code(app.db.read(), link.id, app.clock.now()).await?;
    // No guess at all, so it costs no try.
    let guess = code::read(given).ok_or_else(invalid)?;
    let tx = app.db.begin().await?;
    // One after the other: no more guesses are compared than the code has tries. Also a revocation waits for the lock.
    store::passwords::person_for_update(&tx, link.person_id).await?;
    let (link, person) = find_usable(app, &tx, token).await?;
    let now = app.clock.now();
    let stored = open_code(&tx, link.id, now).await?;
    store::sign_in_codes::note_try(&tx, stored.id).await?;
    if !is_right(token, &stored, &guess)? {
        tx.commit().await?;
        audit::sign_in_by_link_failed(person.id, client.address);
        return Err(invalid());
    }
    store::sign_in_codes::note_use(&tx, stored.id, now).await?;
    store::unit_links::note_use(&tx, link.id, now).await?;
    for told in [stored.id.uuid(), link.id.uuid()] {
        store::messages::mark_read_by_use(&tx, Used::Message(told), now).await?;
    }
    let surplus = end_surplus(&tx, person.id, now).await?;
    let device = Device { name: device, by: SignInBy::Link(&link) };
    let session = open_session(app, &tx, client, person.id, device).await?;
    tx.commit().await?;
    audit::signed_in_by_link(person.id, client.address, link.id);
    if surplus > 0 {
        app.caller_cache.forget();
        audit::sessions_ended(person.id, person.id, client.address, SessionEndReason::TooMany, surplus);
    }
    Ok(session)
}
