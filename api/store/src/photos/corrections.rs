//! Photos that were withdrawn, or moved to where they belong.

use domain::Timestamp;
use domain::id::{DefectId, DeviceId, PersonId, PhotoId, UnitId};
use domain::photo::{PhotoStage, PhotoState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::photos::{Column, Entity, Model};
use crate::entity::{unit_owners, units};

/// Whether a unit is open to an owner other than this person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_open_to_others(conn: &Connection, unit_id: UnitId, person_id: PersonId) -> Result<bool, Error> {
    let unit = units::Entity::find_by_id(unit_id).one(conn).await?;
    if unit.is_none_or(|unit| unit.opened_at.is_none()) {
        return Ok(false);
    }
    let others = unit_owners::Entity::find()
        .filter(unit_owners::Column::UnitId.eq(unit_id))
        .filter(unit_owners::Column::Active.eq(true))
        .filter(unit_owners::Column::PersonId.ne(person_id));
    Ok(others.count(conn).await? > 0)
}

/// Withdraws a locked photo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn withdraw(
    conn: &Connection,
    id: PhotoId,
    by: PersonId,
    reason: String,
    now: Timestamp,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::State, PhotoState::Withdrawn.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::WithdrawnAt, now.0.into())
        .col_expr(Column::WithdrawnBy, by.into())
        .col_expr(Column::WithdrawReason, reason.into())
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Who moves a photo, in which version of it.
#[derive(Debug, Clone, Copy)]
pub struct PhotoMove {
    /// The version that the move makes.
    pub version: i32,
    /// The person.
    pub person_id: PersonId,
    /// The device; none for a move that was not pushed.
    pub device_id: Option<DeviceId>,
    /// When the server recorded it.
    pub at: Timestamp,
}

/// Moves a locked photo to a unit's defect and a stage.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn move_to(
    conn: &Connection,
    id: PhotoId,
    (unit_id, defect_id): (UnitId, DefectId),
    stage: PhotoStage,
    by: PhotoMove,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::UnitId, unit_id.into())
        .col_expr(Column::DefectId, defect_id.into())
        .col_expr(Column::Stage, stage.into())
        .col_expr(Column::Version, by.version.into())
        .col_expr(Column::MovedIn, by.version.into())
        .col_expr(Column::MovedBy, by.person_id.into())
        .col_expr(Column::MovedDevice, by.device_id.into())
        .col_expr(Column::MovedAt, by.at.0.into())
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Whether owners took photos of a defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_photos_of_owners(conn: &Connection, defect_id: DefectId) -> Result<bool, Error> {
    let theirs = Entity::find().filter(Column::DefectId.eq(defect_id)).filter(Column::CompanyId.is_null());
    Ok(theirs.count(conn).await? > 0)
}

/// Moves the photos of a defect to the unit to which the defect was moved.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn move_with_defect(conn: &Connection, defect_id: DefectId, unit_id: UnitId) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::UnitId, unit_id.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::DefectId.eq(defect_id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Declares other bytes for a locked photo that awaits its bytes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn declare_anew(conn: &Connection, photo: &Model) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Sha256, photo.sha256.clone().into())
        .col_expr(Column::ByteSize, photo.byte_size.into())
        .col_expr(Column::ContentType, photo.content_type.into())
        .col_expr(Column::StagingKey, photo.staging_key.clone().into())
        .col_expr(Column::MultipartId, Option::<String>::None.into())
        .col_expr(Column::Version, photo.version.into())
        .filter(Column::Id.eq(photo.id))
        .exec(conn)
        .await?;
    Ok(())
}
