//! Ending sessions from elsewhere: the person's own, or any by an administrator.

use domain::id::{PersonId, SessionId};
use domain::session::SessionEndReason;
use domain::{Caller, Refusal, RefusalCode};
use store::boxed;
use store::db::WriteTx;

use super::audit;
use super::client::Client;
use crate::App;
use crate::error::{Error, Result};

/// Which sessions to end.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// This one.
    One(SessionId),
    /// All of this person; of the caller's own all but the one that asks.
    AllOf(PersonId),
}

impl Which {
    /// What the input names.
    ///
    /// # Errors
    /// `INVALID_VALUE` unless it names exactly one of the two.
    pub fn of(session_id: Option<SessionId>, person_id: Option<PersonId>) -> Result<Self> {
        match (session_id, person_id) {
            (Some(session), None) => Ok(Self::One(session)),
            (None, Some(person)) => Ok(Self::AllOf(person)),
            _ => {
                let refusal = Refusal::at(RefusalCode::InvalidValue, "sessionId");
                Err(refusal
                    .because("name one session, or one person, not both", "请指定一个会话或一名人员，二者选一")
                    .into())
            }
        }
    }
}

/// Ends sessions, and makes their devices unknown: a lost device keeps nothing. Returns how many have ended now. A
/// session of one unit ends those of this unit only.
///
/// # Errors
/// `NOT_FOUND` for a session or a person that is not the caller's own, unless the caller is an administrator.
#[boxed]
pub async fn end(app: &App, client: &Client, caller: &Caller, which: Which) -> Result<u64> {
    let now = app.clock.now().0;
    let (person, count) = app
        .db
        .write(async |tx| match which {
            Which::One(id) => end_one(tx, caller, id, now).await,
            Which::AllOf(person) => end_all(tx, caller, person, now).await,
        })
        .await?;
    app.caller_cache.forget();
    if count > 0 {
        audit::sessions_ended(person, caller.person_id, client.address, reason_of(caller, person), count);
    }
    Ok(count)
}

fn reason_of(caller: &Caller, person: PersonId) -> SessionEndReason {
    if caller.person_id == person { SessionEndReason::EndedByPerson } else { SessionEndReason::EndedByAdministrator }
}

async fn end_one(tx: &WriteTx, caller: &Caller, id: SessionId, now: i64) -> Result<(PersonId, u64)> {
    let row = store::session_ends::lock_session(tx, id).await?;
    let row = row.filter(|row| row.person_id == caller.person_id || caller.administrator);
    let row = row.filter(|row| caller.only_unit.is_none() || row.unit_id == caller.only_unit);
    let row = row.ok_or_else(|| Error::not_found("sessionId"))?;
    let person = row.person_id;
    let ended = store::session_ends::end(tx, person, id, reason_of(caller, person), now).await?;
    if let Some(device) = row.device_hash {
        store::session_ends::clear_device_hash(tx, person, &device).await?;
    }
    Ok((person, ended.into()))
}

async fn end_all(tx: &WriteTx, caller: &Caller, person: PersonId, now: i64) -> Result<(PersonId, u64)> {
    let own = person == caller.person_id;
    let known = own || (caller.administrator && store::sessions::person(tx, person).await?.is_some());
    if !known {
        return Err(Error::not_found("personId"));
    }
    let except = caller.session_id.filter(|_| own);
    let whose = (person, caller.only_unit);
    let count = store::session_ends::end_all_of(tx, whose, except, reason_of(caller, person), now).await?;
    // Sessions of one unit know no devices.
    if caller.only_unit.is_none() {
        store::session_ends::clear_other_device_hashes(tx, person, except).await?;
    }
    Ok((person, count))
}
