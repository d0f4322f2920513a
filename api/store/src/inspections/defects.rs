//! The defects that unit inspections speak of: those that explain a failed item, those found in it, and all of the
//! unit as a later round shows them.

use domain::defect::{DefectStatus, VoidReason};
use domain::id::{ChecklistItemId, DefectId, InspectionId, RoomId, UnitId};
use domain::photo::PhotoState;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::defects::{Column, Entity, Model};
use crate::entity::photos;
use crate::id_in::id_in;
use crate::photos::UNUSABLE;
use crate::visibility;

/// Where a defect explains a failed checklist item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct FailedPlace {
    /// The unit.
    pub unit_id: UnitId,
    /// The unit inspection in which the defect was found.
    pub inspection_id: Option<InspectionId>,
    /// The room.
    pub room_id: Option<RoomId>,
    /// The checklist item.
    pub check_item_id: Option<ChecklistItemId>,
    /// Whether the defect still lives: then it explains a later inspection's failed item, too.
    pub alive: bool,
}

/// The checklist items of units on which a defect hangs. A void one does not count, unless it was merged into another.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn failed_places(conn: &Connection, units: &[UnitId]) -> Result<Vec<FailedPlace>, Error> {
    let valid =
        Condition::any().add(Column::Status.ne(DefectStatus::Void)).add(Column::VoidReason.eq(VoidReason::Merged));
    let alive = Column::Status.is_in(DefectStatus::ALIVE.iter().copied());
    Entity::find()
        .select_only()
        .columns([Column::UnitId, Column::InspectionId, Column::RoomId, Column::CheckItemId])
        .column_as(alive, "alive")
        .filter(id_in(conn, Column::UnitId, units))
        .filter(Column::CheckItemId.is_not_null())
        .filter(valid)
        .into_model()
        .all(conn)
        .await
}

/// All defects found in a unit inspection, in their present state, for the signed content.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn found_in(conn: &Connection, inspection_id: InspectionId) -> Result<Vec<Model>, Error> {
    Entity::find().filter(Column::InspectionId.eq(inspection_id)).order_by_asc(Column::Number).all(conn).await
}

/// The defects that came too late for unit inspections and that the caller may see, in the order of their numbers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn late_for(
    conn: &Connection,
    scope: &VisibilityScope,
    inspections: &[InspectionId],
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::LateForId, inspections))
        .filter(visibility::defects(scope))
        .order_by_asc(Column::Number)
        .all(conn)
        .await
}

/// Ends the lateness of defects for a unit inspection that is submitted again, and so covers them; returns which.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn cover_late(
    conn: &Connection,
    inspection_id: InspectionId,
    now: Timestamp,
) -> Result<Vec<DefectId>, Error> {
    let late = || Column::LateForId.eq(inspection_id);
    let ids = Entity::find().select_only().column(Column::Id).filter(late()).into_tuple().all(conn).await?;
    let covered = Entity::update_many()
        .col_expr(Column::LateForId, Expr::value(Option::<InspectionId>::None))
        .col_expr(Column::UpdatedAt, now.0.into())
        .col_expr(Column::ShownUpdatedAt, now.0.into())
        .col_expr(Column::ShownVersion, Expr::col(Column::ShownVersion).add(1))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    covered.filter(late()).exec(conn).await?;
    Ok(ids)
}

/// The hashes of defects' photos that were not rejected, each with its defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn photo_hashes_of(conn: &Connection, defects: &[DefectId]) -> Result<Vec<(DefectId, Vec<u8>)>, Error> {
    use photos::Column as P;
    let rows = photos::Entity::find()
        .filter(id_in(conn, P::DefectId, defects))
        .filter(P::State.is_not_in(UNUSABLE.map(PhotoState::as_str)))
        .order_by_asc(P::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|photo| Some((photo.defect_id?, photo.sha256))).collect())
}

/// The defects of units that the caller may see, in the order of their numbers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lineage_of(conn: &Connection, scope: &VisibilityScope, units: &[UnitId]) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::UnitId, units))
        .filter(visibility::defects(scope))
        .order_by_asc(Column::Number)
        .all(conn)
        .await
}
