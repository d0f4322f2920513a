//! Loads the caller of a token with all rights, and caches the caller for a moment.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::{PersonId, SessionId, UnitId};
use domain::{Caller, Membership, OwnedUnit, Timestamp};
use store::boxed;
use store::entity::people;
use store::sessions::SessionRight;
use tokio::sync::Notify;

use super::first_use;
use super::tokens::hash;
use crate::App;
use crate::error::Result;

/// The time for which a caller is cached. A change of rights by this process clears the cache at once
/// ([`CallerCache::forget`]); a change by another process takes effect after this time.
const REMEMBER_MICROS: i64 = 2_000_000;
/// Most callers in the cache.
const REMEMBER_COUNT: usize = 10_000;

type Remembered = HashMap<Vec<u8>, (Timestamp, Arc<Caller>)>;

/// A cache of callers.
#[derive(Clone, Default)]
pub struct CallerCache(Arc<Mutex<(u64, Remembered)>>, Arc<Notify>);

impl CallerCache {
    /// Clears the cache, because the rights of a person have changed.
    pub fn forget(&self) {
        let mut inner = self.lock();
        inner.0 += 1;
        inner.1.clear();
        drop(inner);
        self.1.notify_one();
    }

    /// Removes the callers of one session, because its tokens have changed or it has ended.
    pub(crate) fn forget_session(&self, session_id: SessionId) {
        let mut inner = self.lock();
        inner.0 += 1;
        inner.1.retain(|_, (_, caller)| caller.session_id != Some(session_id));
        drop(inner);
        self.1.notify_one();
    }

    /// Waits until callers are removed from the cache.
    pub(crate) async fn forgotten(&self) {
        self.1.notified().await;
    }

    fn get(&self, key: &[u8], now: Timestamp) -> (u64, Option<Arc<Caller>>) {
        let inner = self.lock();
        let fresh = inner.1.get(key).filter(|(until, _)| now < *until).map(|(_, caller)| Arc::clone(caller));
        (inner.0, fresh)
    }

    /// Caches a caller, unless rights have changed since the caller was loaded.
    fn put(&self, generation: u64, key: Vec<u8>, until: Timestamp, caller: &Arc<Caller>) {
        let mut inner = self.lock();
        if inner.0 == generation {
            if inner.1.len() >= REMEMBER_COUNT {
                inner.1.clear();
            }
            inner.1.insert(key, (until, Arc::clone(caller)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Remembered)> {
        // A panic cannot leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The caller whose access token it is, if it is still good. The first use of a token is noted, with the address.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn authenticate(app: &App, access_token: &str, address: IpAddr) -> Result<Option<Arc<Caller>>> {
    let key = hash(access_token);
    let now = app.clock.now();
    let (generation, known) = app.caller_cache.get(&key, now);
    if known.is_some() {
        return Ok(known);
    }
    let rights = store::sessions::rights_of_token(app.db.read(), &key, now.0).await?;
    let Some(first) = rights.first().cloned() else { return Ok(None) };
    if first.first_used_at.is_none()
        && let Some(session) = store::sessions::live(app.db.read(), &key, now.0).await?
    {
        first_use::note_first_use(app, &session, address).await;
    }
    if first.demo && !app.demo {
        return Ok(None);
    }
    let scope = SessionScope { id: first.session_id, only_unit: first.only_unit };
    let until = now.plus_micros(REMEMBER_MICROS).min(Timestamp(first.access_expires_at));
    let belongs_to = |unit_id: UnitId| rights.iter().any(|right| right.unit_id == Some(unit_id));
    let belongs = scope.only_unit.is_none_or(belongs_to);
    let Some(caller) = scope.restrict(with_rights(first, &rights), belongs) else { return Ok(None) };
    let caller = Arc::new(caller);
    app.caller_cache.put(generation, key, until, &caller);
    Ok(Some(caller))
}

/// The person of a session with all rights.
fn with_rights(session: SessionRight, rights: &[SessionRight]) -> Caller {
    let role = |right: &SessionRight| {
        let (project_id, company_id, role) = (right.project_id?, right.company_id?, right.role?);
        Some(Membership { project_id, company_id, role, since: right.added_at.map(Timestamp) })
    };
    let opened = |right: &SessionRight| {
        right.opened_at?;
        Some(OwnedUnit { project_id: right.project_id?, unit_id: right.unit_id? })
    };
    Caller {
        person_id: session.person_id,
        session_id: None,
        only_unit: None,
        name: session.name,
        language: session.language,
        administrator: session.administrator,
        memberships: rights.iter().filter_map(role).collect(),
        owned_units: rights.iter().filter_map(opened).collect(),
    }
}

/// A session of a caller, and what it is restricted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionScope {
    /// The session.
    pub id: SessionId,
    /// The only unit that is seen in it, after a sign-in by an owner's link.
    pub only_unit: Option<UnitId>,
}

impl SessionScope {
    /// The session that a caller came with.
    #[must_use]
    pub fn of(caller: &Caller) -> Option<Self> {
        caller.session_id.map(|id| Self { id, only_unit: caller.only_unit })
    }

    /// A person with all rights as the caller of the session; none in a session of one unit to which the person does not
    /// belong any more. This is the only place where a caller gets a session, so nothing can see more in a session than
    /// its scope allows.
    fn restrict(self, person: Caller, belongs_to_only_unit: bool) -> Option<Caller> {
        let caller = Caller { session_id: Some(self.id), ..person };
        match self.only_unit {
            None => Some(caller),
            Some(unit_id) => belongs_to_only_unit.then(|| caller.restricted_to(unit_id)),
        }
    }
}

/// A person as a caller; none for people of the demo while it is off, and none in a session of one unit to which the
/// person does not belong any more.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn load(app: &App, person_id: PersonId, session: Option<SessionScope>) -> Result<Option<Caller>> {
    let Some(person) = store::sessions::person(app.db.read(), person_id).await? else { return Ok(None) };
    if person.demo && !app.demo {
        return Ok(None);
    }
    let caller = of_person(app, person).await?;
    let Some(scope) = session else { return Ok(Some(caller)) };
    let belongs = match scope.only_unit {
        Some(unit_id) => store::sessions::belongs_to(app.db.read(), person_id, unit_id, app.clock.now()).await?,
        None => true,
    };
    Ok(scope.restrict(caller, belongs))
}

/// A person as a caller without a session, with all rights, also one of a demo that is off.
pub(crate) async fn of_person(app: &App, person: people::Model) -> Result<Caller> {
    let (reader, person_id) = (app.db.read(), person.id);
    let memberships = store::sessions::memberships_of(reader, person_id)
        .await?
        .into_iter()
        .map(|row| {
            let since = row.added_at.map(Timestamp);
            Membership { project_id: row.project_id, company_id: row.company_id, role: row.role, since }
        })
        .collect();
    let owned_units = store::sessions::owned_units_of(reader, person_id, app.clock.now()).await?;
    Ok(Caller {
        person_id,
        session_id: None,
        only_unit: None,
        language: person.language,
        name: person.name,
        administrator: person.administrator,
        memberships,
        owned_units: owned_units.into_iter().map(|(project_id, unit_id)| OwnedUnit { project_id, unit_id }).collect(),
    })
}
