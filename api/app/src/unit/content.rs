//! What an owner is shown of the own unit, gathered for a review, and its hash.

use std::collections::HashMap;

use domain::Caller;
use domain::unit::{ReviewContent, ReviewedBlocker, ReviewedDefect};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Connection;
use store::columns::Columns;
use uuid::Uuid;

use super::{UnitRow, readiness};
use crate::App;
use crate::defect::{DefectRow, seen_by};
use crate::error::{Error, Result};

/// The content with its hash.
pub struct Shown {
    /// The content as JSON.
    pub content: Value,
    /// SHA-256 over its canonical bytes.
    pub hash: Vec<u8>,
}

impl Shown {
    /// The hash in hexadecimal.
    #[must_use]
    pub fn hash_text(&self) -> String {
        hex::encode(&self.hash)
    }
}

/// What an owner is shown of the own unit now; none for everybody else.
///
/// # Errors
/// When the database fails.
pub async fn now(app: &App, caller: &Caller, unit_id: Uuid) -> Result<Option<Shown>> {
    let conn = app.db.read();
    let Some(unit) = store::units::find(conn, &caller.sight(), unit_id).await? else { return Ok(None) };
    let owns = caller.actor_in(unit.project_id).is_some_and(|actor| actor.owns(unit.id));
    if owns { Ok(Some(shown(conn, caller, &unit).await?)) } else { Ok(None) }
}

/// What the owner is shown now.
pub(super) async fn shown(conn: &impl Connection, caller: &Caller, unit: &UnitRow) -> Result<Shown> {
    let sight = caller.sight();
    let rows = store::homes::defects_of(conn, &sight, unit.id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut photos: HashMap<Uuid, Vec<String>> = HashMap::new();
    for photo in store::photos::of_defects(conn, &sight, &ids, Columns::ALL).await? {
        photos.entry(photo.defect_id.unwrap_or_default()).or_default().push(hex::encode(photo.sha256));
    }
    let with_photos = |row: DefectRow| {
        let photos = photos.remove(&row.id).unwrap_or_default();
        defect(seen_by(caller, row), photos)
    };
    let defects = rows.into_iter().map(with_photos).collect::<Result<_>>()?;
    let mut readiness = readiness::shown(conn, &sight, std::slice::from_ref(unit)).await?;
    let readiness = readiness.remove(&unit.id).ok_or_else(|| Error::internal("a unit without readiness"))?;
    let blockers = readiness.blockers.iter().map(|blocker| ReviewedBlocker {
        code: blocker.code,
        subject_id: blocker.subject_id,
        waived: blocker.waiver.is_some(),
    });
    let content = ReviewContent::new(unit.id, unit.code.clone(), defects, readiness.ready, blockers.collect());
    let bytes = content.canonical()?;
    Ok(Shown { hash: Sha256::digest(&bytes).to_vec(), content: serde_json::from_slice(&bytes)? })
}

fn defect(row: DefectRow, photos: Vec<String>) -> Result<ReviewedDefect> {
    Ok(ReviewedDefect {
        number: row.number,
        defect_id: row.id,
        room_id: row.room_id,
        part: row.part,
        type_code: row.type_code,
        severity: row.severity.parse()?,
        description: row.description,
        status: row.status.parse()?,
        due_at: row.due_at.map(domain::Timestamp),
        photos,
    })
}
