//! When the server heard of a device last. Only the time of work that was done since then is the device's to say.

use domain::id::DeviceId;
use domain::{Caller, Timestamp};
use store::db::WriteTx;

use crate::App;
use crate::error::Result;

/// The last contact before this push: of the device, and of the session that pushes, whichever device it named then.
/// None for a device that was never heard of.
///
/// The client states the device's id; the server knows the session. So an idle device's id gives the work of a session
/// that was in contact no earlier time, and a person with two tablets, each with a session of its own, is judged by
/// each. A session without any contact before has no history: every contact of its person counts.
pub(super) async fn last_contact(app: &App, caller: &Caller, device_id: DeviceId) -> Result<Option<Timestamp>> {
    let reader = app.db.read();
    let Some(of_device) = store::sync::last_contact(reader, device_id).await? else { return Ok(None) };
    let of_session = match caller.session_id {
        Some(session_id) => store::sessions::last_contact(reader, session_id).await?,
        None => None,
    };
    let known = match of_session {
        Some(contact) => Some(contact),
        None => store::sync::last_contact_of(reader, caller.person_id).await?,
    };
    Ok(Some(known.map_or(of_device, |contact| contact.max(of_device))))
}

/// Notes that the caller's session is in contact.
pub(super) async fn note_contact(tx: &WriteTx, caller: &Caller, now: Timestamp) -> Result<(), store::Error> {
    match caller.session_id {
        Some(session_id) => store::sessions::note_contact(tx, session_id, now).await,
        None => Ok(()),
    }
}
