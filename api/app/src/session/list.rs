//! The devices on which a person is signed in, and the notices about ended sessions.

use domain::id::PersonId;
use domain::session::{SESSION_SECONDS, SessionNoticeKind};
use domain::{Caller, Timestamp};
use store::boxed;
use store::db::WriteTx;
use store::entity::sessions;
use store::page::{Page, PageRequest};

use crate::App;
use crate::error::Result;

/// The active sessions of the caller or, for an administrator, of any person; none of a person whose sessions the
/// caller may not see, as of one that does not exist. A session of one unit sees those of this unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn active(
    app: &App,
    caller: &Caller,
    person_id: Option<PersonId>,
    request: &PageRequest,
) -> Result<Option<Page<sessions::Model>>> {
    let (person, reader) = (person_id.unwrap_or(caller.person_id), app.db.read());
    if person != caller.person_id {
        // An administrator sees those of every person; an unknown one has none.
        let seen = caller.administrator && store::sessions::person(reader, person).await?.is_some();
        if !seen {
            return Ok(None);
        }
    }
    let now = app.clock.now();
    let oldest = now.plus_seconds(-SESSION_SECONDS);
    Ok(Some(store::session_ends::active_page(reader, (person, caller.only_unit), now.0, oldest.0, request).await?))
}

/// A notice about an earlier session.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What happened.
    pub kind: SessionNoticeKind,
    /// What the person called the device, if it has a name.
    pub device: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

/// The notices for a person who signs in. They are repeated until a session that began afterwards is used, because the
/// answer of a sign-in may be lost.
pub(super) async fn notices(tx: &WriteTx, person_id: PersonId) -> Result<Vec<Notice>> {
    let rows = store::session_ends::unannounced(tx, person_id).await?;
    let notice = |row: sessions::Model| Notice {
        kind: SessionNoticeKind::RefreshTokenReused,
        device: row.device,
        at: Timestamp(row.revoked_at.unwrap_or_default()),
    };
    Ok(rows.into_iter().map(notice).collect())
}
