//! The content of a unit as its owner sees it, gathered for a review, and its hash.

use std::collections::HashMap;

use domain::defect::number_text;
use domain::id::{DefectId, RoomId, UnitId};
use domain::taxonomy::TermKind;
use domain::unit::{ReviewContent, ReviewedBlocker, ReviewedDefect};
use domain::vocabulary::{Named, Words};
use domain::{Caller, Language, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Connection;
use store::boxed;
use store::entity::photos;

use super::{UnitRow, readiness};
use crate::App;
use crate::defect::DefectRow;
use crate::error::{Error, Result};
use crate::redacted::Redacted;

/// The content with its hash.
pub struct ShownContent {
    /// The content as JSON.
    pub content: Value,
    /// SHA-256 over its canonical bytes.
    pub hash: Vec<u8>,
}

impl ShownContent {
    /// The hash in hexadecimal.
    #[must_use]
    pub fn hash_text(&self) -> String {
        hex::encode(&self.hash)
    }
}

/// The present content of the unit for its owner; none for all other callers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn current_content(app: &App, caller: &Caller, unit_id: UnitId) -> Result<Option<ShownContent>> {
    let conn = app.db.read();
    let Some(unit) = store::units::find(conn, &caller.visibility(), unit_id).await? else { return Ok(None) };
    let owns = caller.actor_in(unit.project_id).is_some_and(|actor| actor.owns(unit.id));
    if owns { Ok(Some(shown_to_owner(conn, caller, &unit).await?)) } else { Ok(None) }
}

/// The present content for the owner.
pub(super) async fn shown_to_owner(conn: &Connection, caller: &Caller, unit: &UnitRow) -> Result<ShownContent> {
    let scope = caller.visibility();
    let rows = store::units::defects_of(conn, &scope, unit.id).await?;
    let ids: Vec<DefectId> = rows.iter().map(|row| row.id).collect();
    let mut photos: HashMap<DefectId, Vec<String>> = HashMap::new();
    for photo in store::photos::of_defects(conn, &scope, &ids, photos::Column::Sha256.into()).await? {
        photos.entry(photo.defect_id().unwrap_or_default()).or_default().push(hex::encode(photo.sha256()?));
    }
    let names = Names::load(conn, unit, &rows).await?;
    let with_photos = |row: DefectRow| {
        let photos = photos.remove(&row.id).unwrap_or_default();
        names.defect(Redacted::of(caller, row).into_inner(), photos)
    };
    let defects = rows.into_iter().map(with_photos).collect();
    let mut readiness = readiness::readiness_for(conn, &scope, std::slice::from_ref(unit)).await?;
    let readiness = readiness.remove(&unit.id).ok_or_else(|| Error::internal("a unit without readiness"))?;
    let blockers = readiness.blockers.iter().map(|blocker| ReviewedBlocker {
        code: blocker.code,
        subject_id: blocker.subject_id,
        waived: blocker.waiver.is_some(),
        en: blocker.owner_message(Language::En),
        zh: blocker.owner_message(Language::Zh),
    });
    let content = ReviewContent::new(unit.id, unit.code.clone(), defects, readiness.ready, blockers.collect());
    let bytes = content.canonical()?;
    Ok(ShownContent { hash: Sha256::digest(&bytes).to_vec(), content: serde_json::from_slice(&bytes)? })
}

/// The names that stand beside ids and codes.
struct Names {
    rooms: HashMap<RoomId, String>,
    parts: HashMap<String, Words>,
    types: HashMap<String, Words>,
}

impl Names {
    async fn load(conn: &Connection, unit: &UnitRow, rows: &[DefectRow]) -> Result<Self> {
        let rooms = store::inspections::rooms_of(conn, &[unit.id]).await?;
        let parts = store::inspections::terms(conn, unit.project_id, &[TermKind::Part]).await?;
        let codes: Vec<String> = rows.iter().map(|row| row.type_code.clone()).collect();
        let types = store::inspections::defect_types(conn, unit.project_id, &codes).await?;
        let words = |code: String, zh: String, en: String| (code.clone(), Words { code, zh, en });
        Ok(Self {
            rooms: rooms.into_iter().map(|row| (row.id, row.name)).collect(),
            parts: parts.into_iter().map(|row| words(row.code, row.zh, row.en)).collect(),
            types: types.into_iter().map(|row| words(row.code, row.zh, row.en)).collect(),
        })
    }

    fn defect(&self, row: DefectRow, photos: Vec<String>) -> ReviewedDefect {
        let room = |id: RoomId| Named { id, name: self.rooms.get(&id).cloned().unwrap_or_default() };
        ReviewedDefect {
            number: number_text(row.number),
            defect_id: row.id,
            room: row.room_id.map(room),
            part: known(&self.parts, row.part),
            kind: known(&self.types, row.type_code),
            severity: row.severity,
            description: row.description,
            status: row.status,
            due_at: row.due_at.map(|due| Timestamp(due).to_rfc3339()),
            photos,
        }
    }
}

/// The words of a code; one that the vocabulary no longer has stands for itself.
fn known(words: &HashMap<String, Words>, code: String) -> Words {
    words.get(&code).cloned().unwrap_or_else(|| Words { zh: code.clone(), en: code.clone(), code })
}

/// A stored content with the text that was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The form in which it was hashed.
    pub form: u32,
    /// Exactly the text that was hashed.
    pub text: String,
    /// Whether the hash is the hash of that text.
    pub verified: bool,
}

/// Hashes a stored content again, in the form in which it was hashed.
///
/// # Errors
/// When it is of no form that a version has written.
pub fn check(content: &Value, hash: &[u8]) -> Result<Checked> {
    let (form, bytes) = domain::unit::content::hashed_bytes(content)?;
    let verified = Sha256::digest(&bytes).as_slice() == hash;
    Ok(Checked { form, text: String::from_utf8(bytes).map_err(Error::internal)?, verified })
}
