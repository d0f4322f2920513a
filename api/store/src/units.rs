//! Places: units, their rooms and plans.

use domain::Sight;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::entity::{rooms, unit_type_plans, units};
use crate::sight;

/// A unit, whoever may see it.
///
/// # Errors
/// When the database fails.
pub async fn load(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).one(conn).await
}

/// Holds units in the order of their ids: none is opened to its owners or closed to them until the transaction ends.
/// Others may hold them, too.
///
/// # Errors
/// When the database fails.
pub async fn hold(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<(), Error> {
    let units = units::Entity::find().filter(among(conn, units::Column::Id, ids)).order_by_asc(units::Column::Id);
    units.lock(LockType::Share).all(conn).await.map(drop)
}

/// A unit, if the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, sight: &Sight, id: Uuid) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).filter(sight::units(sight)).one(conn).await
}

/// A room of a unit.
///
/// # Errors
/// When the database fails.
pub async fn room(conn: &impl ConnectionTrait, unit_id: Uuid, id: Uuid) -> Result<Option<rooms::Model>, Error> {
    rooms::Entity::find_by_id(id).filter(rooms::Column::UnitId.eq(unit_id)).one(conn).await
}

/// The room of a unit that has a code.
///
/// # Errors
/// When the database fails.
pub async fn room_of_code(
    conn: &impl ConnectionTrait,
    unit_id: Uuid,
    code: &str,
) -> Result<Option<rooms::Model>, Error> {
    let found = rooms::Entity::find().filter(rooms::Column::UnitId.eq(unit_id)).filter(rooms::Column::Code.eq(code));
    found.one(conn).await
}

/// A version of a unit type's plan: the one asked for, or the newest.
///
/// # Errors
/// When the database fails.
pub async fn plan(
    conn: &impl ConnectionTrait,
    unit_type_id: Uuid,
    id: Option<Uuid>,
) -> Result<Option<unit_type_plans::Model>, Error> {
    let mut query = unit_type_plans::Entity::find().filter(unit_type_plans::Column::UnitTypeId.eq(unit_type_id));
    if let Some(id) = id {
        query = query.filter(unit_type_plans::Column::Id.eq(id));
    }
    query.order_by_desc(unit_type_plans::Column::Number).one(conn).await
}

/// Those of the units that the caller may see.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(conn: &impl ConnectionTrait, sight: &Sight, ids: &[Uuid]) -> Result<Vec<units::Model>, Error> {
    units::Entity::find().filter(among(conn, units::Column::Id, ids)).filter(sight::units(sight)).all(conn).await
}

/// Those of the rooms whose units the caller may see.
///
/// # Errors
/// When the database fails.
pub async fn rooms_by_ids(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<rooms::Model>, Error> {
    rooms::Entity::find()
        .filter(among(conn, rooms::Column::Id, ids))
        .filter(sight::places(sight, rooms::Column::ProjectId, rooms::Column::UnitId))
        .all(conn)
        .await
}
