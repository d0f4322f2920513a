//! The rooms of units.

use domain::VisibilityScope;
use domain::id::{RoomId, UnitId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::columns;
use crate::db::Connection;
use crate::entity::rooms;
use crate::id_in::id_in;
use crate::visibility;

/// A room of a unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn room(conn: &Connection, unit_id: UnitId, id: RoomId) -> Result<Option<rooms::Model>, Error> {
    rooms::Entity::find_by_id(id).filter(rooms::Column::UnitId.eq(unit_id)).one(conn).await
}

/// The room of a unit that has a code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn room_of_code(conn: &Connection, unit_id: UnitId, code: &str) -> Result<Option<rooms::Model>, Error> {
    let found = rooms::Entity::find().filter(rooms::Column::UnitId.eq(unit_id)).filter(rooms::Column::Code.eq(code));
    found.one(conn).await
}

/// Those of the rooms whose units the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rooms_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[RoomId],
) -> Result<Vec<rooms::Model>, Error> {
    rooms::Entity::find()
        .filter(id_in(conn, rooms::Column::Id, ids))
        .filter(visibility::places(scope, rooms::Column::ProjectId, rooms::Column::UnitId))
        .all(conn)
        .await
}

/// The rooms of units that the caller may see, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rooms_of(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_ids: &[UnitId],
) -> Result<Vec<rooms::Model>, Error> {
    use rooms::Column;
    let select = rooms::Entity::find()
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(visibility::places(scope, Column::ProjectId, Column::UnitId))
        .order_by_asc(Column::Sort)
        .order_by_asc(Column::Id);
    columns::all(conn, select).await
}
