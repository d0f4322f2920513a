//! Sign out.

use domain::Caller;
use uuid::Uuid;

use crate::App;
use crate::error::Result;

/// Ends a session of the caller: the one named, or the one that asks. Ending what has ended is no error.
///
/// # Errors
/// When the database fails.
pub async fn revoke(app: &App, caller: &Caller, session_id: Option<Uuid>) -> Result<()> {
    let Some(session_id) = session_id.or(caller.session_id) else { return Ok(()) };
    let tx = app.db.begin().await?;
    store::sessions::revoke(&tx, caller.person_id, session_id, app.clock.now().0).await?;
    tx.commit().await?;
    app.callers.forget();
    Ok(())
}
