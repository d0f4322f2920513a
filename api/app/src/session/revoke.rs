//! Sign out.

use domain::Caller;
use domain::id::SessionId;
use domain::session::SessionEndReason;
use store::boxed;

use super::audit;
use super::client::Client;
use crate::App;
use crate::error::Result;

/// Ends a session of the caller: the named one, or the session of the request. Ending an ended session is no error. The
/// device stays known: its person may sign in there again.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke(app: &App, client: &Client, caller: &Caller, session_id: Option<SessionId>) -> Result<()> {
    let Some(session_id) = session_id.or(caller.session_id) else { return Ok(()) };
    let (person, reason, now) = (caller.person_id, SessionEndReason::SignedOut, app.clock.now().0);
    let ended = app
        .db
        .write(async |tx| {
            let row = store::session_ends::lock_session(tx, session_id).await?;
            // To a session of one unit the person's other sessions do not exist.
            if row.is_none_or(|row| caller.only_unit.is_some() && row.unit_id != caller.only_unit) {
                return Ok(false);
            }
            store::session_ends::end(tx, person, session_id, reason, now).await
        })
        .await?;
    app.caller_cache.forget_session(session_id);
    if ended {
        audit::sessions_ended(person, person, client.address, reason, 1);
    }
    Ok(())
}
