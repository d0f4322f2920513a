//! The position of a reader: a change number in an epoch of a project, for one person and one filter.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Caller;
use domain::id::{EventId, Id, PersonId, ProjectId};
use sha2::{Digest, Sha256};
use store::changes::PlaceFilter;
use uuid::Uuid;

/// The form of cursors; one of another form makes the client begin again.
const FORM: &str = "2";

/// Whose cursor it is, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) project_id: ProjectId,
    person_id: PersonId,
    /// A hash of the person's role in the project and of the filter.
    rights_hash: String,
}

impl Scope {
    pub(super) fn of(caller: &Caller, project_id: ProjectId, filter: &PlaceFilter) -> Self {
        let project_role = caller.actor_in(project_id).map(|actor| actor.project_role);
        let mut whole = format!("{project_role:?}|{:?}|{:?}", sorted(&filter.units), sorted(&filter.buildings));
        if let Some(unit_id) = caller.only_unit {
            whole.push_str(&format!("|{unit_id}"));
        }
        Self { project_id, person_id: caller.person_id, rights_hash: short(&whole) }
    }

    /// A text that is equal for the same person, rights and number only, and reveals none of them.
    pub(super) fn comparing(&self, epoch: Uuid, seq: i64) -> String {
        short(&format!("{epoch}|{seq}|{}|{}|{}", self.project_id, self.person_id, self.rights_hash))
    }
}

/// Why a text is no cursor of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text is not a cursor, or is one of another project or person.
    Unknown,
    /// The cursor is of the same person and project, but of another role or filter.
    Scope,
}

/// A place in the changes of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) epoch: Uuid,
    pub(super) seq: i64,
    /// The last event up to the number.
    pub(super) stamp: EventId,
}

impl Cursor {
    pub(super) fn encode(self, scope: &Scope) -> String {
        let plain = format!("{FORM}|{}|{}|{}|{}", self.epoch, self.seq, self.stamp, scope.rights_hash);
        let seal = seal(&plain, scope.project_id, scope.person_id);
        URL_SAFE_NO_PAD.encode(format!("{plain}|{seal}"))
    }

    pub(super) fn decode(text: &str, scope: &Scope) -> Result<Self, Fault> {
        let (cursor, rights_hash) = Self::open(text, scope.project_id, scope.person_id).ok_or(Fault::Unknown)?;
        if rights_hash == scope.rights_hash { Ok(cursor) } else { Err(Fault::Scope) }
    }

    pub(super) fn decode_any_scope(text: &str, project_id: ProjectId, person_id: PersonId) -> Option<Self> {
        Self::open(text, project_id, person_id).map(|(cursor, _)| cursor)
    }

    fn open(text: &str, project_id: ProjectId, person_id: PersonId) -> Option<(Self, String)> {
        let whole = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (plain, given) = whole.rsplit_once('|')?;
        if given != seal(plain, project_id, person_id) {
            return None;
        }
        let [FORM, epoch, seq, stamp, rights_hash] = plain.split('|').collect::<Vec<_>>()[..] else { return None };
        let cursor = Self { epoch: epoch.parse().ok()?, seq: seq.parse().ok()?, stamp: stamp.parse().ok()? };
        Some((cursor, rights_hash.to_owned()))
    }
}

/// A checksum of a cursor. It guards against mistakes, not against forgers, because reads by a forged cursor are
/// restricted to the caller's visibility scope like all others.
fn seal(plain: &str, project_id: ProjectId, person_id: PersonId) -> String {
    short(&format!("{plain}|{project_id}|{person_id}"))
}

/// The ids in order, each once.
fn sorted<I: Id>(ids: &[I]) -> Vec<I> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn short(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(person: u128, rights_hash: &str) -> Scope {
        Scope {
            project_id: ProjectId::from_u128(1),
            person_id: PersonId::from_u128(person),
            rights_hash: rights_hash.to_owned(),
        }
    }

    #[test]
    fn a_cursor_goes_there_and_back_and_nothing_else_does() {
        let cursor = Cursor { epoch: Uuid::from_u128(7), seq: 42, stamp: EventId::from_u128(9) };
        let text = cursor.encode(&scope(1, "a"));
        assert_eq!(Cursor::decode(&text, &scope(1, "a")), Ok(cursor));
        assert_eq!(Cursor::decode(&text, &scope(1, "b")), Err(Fault::Scope));
        assert_eq!(Cursor::decode(&text, &scope(2, "a")), Err(Fault::Unknown));
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("ASCII");
            assert_eq!(Cursor::decode(&altered, &scope(1, "a")), Err(Fault::Unknown), "{at}");
        }
        for text in ["", "nonsense", "////"] {
            assert_eq!(Cursor::decode(text, &scope(1, "a")), Err(Fault::Unknown), "{text}");
        }
    }
}
