//! Photos with the same bytes as another photo of the project: of another defect, of another stage of the same defect,
//! or of another repair attempt.

use domain::id::{DefectId, PhotoId, ProjectId, UnitId};
use domain::photo::PhotoState;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::constants::constants;
use crate::db::Connection;
use crate::entity::photos::{Column, Entity};
use crate::id_in::id_in;

/// Another photo, `q`, with the bytes of `photos`.
fn same_bytes() -> String {
    // A rejected file is no picture, and a withdrawn photo is a corrected mistake.
    let none = constants([PhotoState::Rejected, PhotoState::Withdrawn]);
    format!(
        "q.project_id = photos.project_id AND q.sha256 = photos.sha256 AND q.id <> photos.id \
         AND photos.state NOT IN ({none}) AND q.state NOT IN ({none}) AND q.defect_id IS NOT NULL \
         AND (q.defect_id <> photos.defect_id OR q.stage <> photos.stage OR q.attempt_id <> photos.attempt_id)"
    )
}

/// Whether the defect of the query has such a photo.
pub(crate) fn has_reused_photo() -> SimpleExpr {
    let same = same_bytes();
    Expr::cust(format!("EXISTS (SELECT 1 FROM photos, photos q WHERE photos.defect_id = defects.id AND {same})"))
}

fn is_reused() -> SimpleExpr {
    Expr::cust(format!("EXISTS (SELECT 1 FROM photos q WHERE {})", same_bytes()))
}

/// A photo with the bytes of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct ReusedPhoto {
    /// The photo.
    pub id: PhotoId,
    /// Its defect.
    pub defect_id: Option<DefectId>,
}

/// The reused photos of defects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reused_of_defects(conn: &Connection, defect_ids: &[DefectId]) -> Result<Vec<ReusedPhoto>, Error> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::DefectId])
        .filter(id_in(conn, Column::DefectId, defect_ids))
        .filter(is_reused())
        .order_by_asc(Column::Id)
        .into_model()
        .all(conn)
        .await
}

/// The other defects of the project that have a photo with these bytes, with their units.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defects_with_bytes(
    conn: &Connection,
    project_id: ProjectId,
    sha256: &[u8],
    except: Option<DefectId>,
) -> Result<Vec<(DefectId, Option<UnitId>)>, Error> {
    let found: Vec<(Option<DefectId>, Option<UnitId>)> = Entity::find()
        .select_only()
        .columns([Column::DefectId, Column::UnitId])
        .distinct()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Sha256.eq(sha256.to_vec()))
        .filter(Column::DefectId.is_not_null())
        .into_tuple()
        .all(conn)
        .await?;
    let others = found.into_iter().filter_map(|(defect, unit)| Some((defect?, unit)));
    Ok(others.filter(|(defect, _)| Some(*defect) != except).collect())
}
