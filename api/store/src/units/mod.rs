//! Units: one or several, held, locked and opened to their owners; in files of their own the lists, the rooms, the
//! owners, the reviews, and what decides the readiness.

mod list;
mod owners;
pub mod readiness;
mod reviews;
mod rooms;

pub use list::{UnitFilter, UnitOrder, first_of_buildings, page};
pub use owners::{counting, counting_of, counts, former_owners_of, owned_among, owners_of};
pub use reviews::{insert_review, reviews_by_ids, reviews_of};
pub use rooms::{room, room_of_code, rooms_by_ids, rooms_of};

use domain::id::{PersonId, UnitId};
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::{defects, units};
use crate::id_in::id_in;
use crate::visibility;

/// A unit, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn load(conn: &Connection, id: UnitId) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).one(conn).await
}

/// Holds units in the order of their ids: none is opened to its owners or closed to them until the transaction ends.
/// Others may hold them, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared(conn: &Connection, ids: &[UnitId]) -> Result<(), Error> {
    let units = units::Entity::find().filter(id_in(conn, units::Column::Id, ids)).order_by_asc(units::Column::Id);
    units.lock(LockType::Share).all(conn).await.map(drop)
}

/// A unit, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, scope: &VisibilityScope, id: UnitId) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).filter(visibility::units(scope)).one(conn).await
}

/// Those of the units that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(conn: &Connection, scope: &VisibilityScope, ids: &[UnitId]) -> Result<Vec<units::Model>, Error> {
    units::Entity::find().filter(id_in(conn, units::Column::Id, ids)).filter(visibility::units(scope)).all(conn).await
}

/// Those of the units that the caller may see, locked until the transaction ends. Always in the order of their ids,
/// so that two who lock the same units never wait for each other.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[UnitId],
) -> Result<Vec<units::Model>, Error> {
    units::Entity::find()
        .filter(id_in(conn, units::Column::Id, ids))
        .filter(visibility::units(scope))
        .order_by_asc(units::Column::Id)
        .for_update()
        .all(conn)
        .await
}

/// Opens units to their owners at a moment by a person, or closes them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_opened(conn: &Connection, ids: &[UnitId], opened: Option<(Timestamp, PersonId)>) -> Result<(), Error> {
    units::Entity::update_many()
        .col_expr(units::Column::OpenedAt, Expr::value(opened.map(|(at, _)| at.0)))
        .col_expr(units::Column::OpenedBy, Expr::value(opened.map(|(_, by)| by)))
        .col_expr(units::Column::Version, Expr::col(units::Column::Version).add(1))
        .filter(id_in(conn, units::Column::Id, ids))
        .exec(conn)
        .await?;
    Ok(())
}

/// The defects of a unit that the caller may see, by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defects_of(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_id: UnitId,
) -> Result<Vec<defects::Model>, Error> {
    defects::Entity::find()
        .filter(defects::Column::UnitId.eq(unit_id))
        .filter(visibility::defects(scope))
        .order_by_asc(defects::Column::Number)
        .all(conn)
        .await
}
