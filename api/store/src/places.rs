//! Buildings, and unit types with their rooms and plans.

use domain::VisibilityScope;
use domain::id::{BuildingId, PlanId, ProjectId, UnitTypeId, UnitTypeRoomId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{buildings, unit_type_plans, unit_type_rooms, unit_types, units};
use crate::id_in::id_in;
use crate::visibility;

/// Buildings: all of a project for its staff, those of the own homes for owners.
fn seen_buildings(scope: &VisibilityScope) -> Select<buildings::Entity> {
    use buildings::Column;
    let seen = visibility::around_owned_units(scope, Column::ProjectId, Column::Id, units::Column::BuildingId);
    buildings::Entity::find().filter(seen).order_by_asc(Column::Sort).order_by_asc(Column::Id)
}

/// Those of the buildings that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn buildings(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[BuildingId],
) -> Result<Vec<buildings::Model>, Error> {
    seen_buildings(scope).filter(id_in(conn, buildings::Column::Id, ids)).all(conn).await
}

/// The buildings of projects that the caller may see, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn buildings_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<buildings::Model>, Error> {
    seen_buildings(scope).filter(id_in(conn, buildings::Column::ProjectId, project_ids)).all(conn).await
}

/// Unit types: all of a project for its staff, those of the own homes for owners.
fn seen_unit_types(scope: &VisibilityScope) -> Select<unit_types::Entity> {
    use unit_types::Column;
    let seen = visibility::around_owned_units(scope, Column::ProjectId, Column::Id, units::Column::UnitTypeId);
    unit_types::Entity::find().filter(seen).order_by_asc(Column::Code)
}

/// Those of the unit types that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unit_types(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[UnitTypeId],
) -> Result<Vec<unit_types::Model>, Error> {
    seen_unit_types(scope).filter(id_in(conn, unit_types::Column::Id, ids)).all(conn).await
}

/// The unit types of projects that the caller may see, by code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unit_types_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<unit_types::Model>, Error> {
    seen_unit_types(scope).filter(id_in(conn, unit_types::Column::ProjectId, project_ids)).all(conn).await
}

/// The rooms of unit types that the caller may see, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rooms_of_types(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_type_ids: &[UnitTypeId],
) -> Result<Vec<unit_type_rooms::Model>, Error> {
    use unit_type_rooms::Column;
    unit_type_rooms::Entity::find()
        .filter(id_in(conn, Column::UnitTypeId, unit_type_ids))
        .filter(visibility::around_owned_units(scope, Column::ProjectId, Column::UnitTypeId, units::Column::UnitTypeId))
        .order_by_asc(Column::Sort)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Those of the rooms of unit types that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn type_rooms(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[UnitTypeRoomId],
) -> Result<Vec<unit_type_rooms::Model>, Error> {
    use unit_type_rooms::Column;
    unit_type_rooms::Entity::find()
        .filter(id_in(conn, Column::Id, ids))
        .filter(visibility::around_owned_units(scope, Column::ProjectId, Column::UnitTypeId, units::Column::UnitTypeId))
        .all(conn)
        .await
}

/// The versions of plans of unit types that the caller may see, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn plans_of_types(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_type_ids: &[UnitTypeId],
) -> Result<Vec<unit_type_plans::Model>, Error> {
    use unit_type_plans::Column;
    unit_type_plans::Entity::find()
        .filter(id_in(conn, Column::UnitTypeId, unit_type_ids))
        .filter(visibility::around_owned_units(scope, Column::ProjectId, Column::UnitTypeId, units::Column::UnitTypeId))
        .order_by_desc(Column::Number)
        .all(conn)
        .await
}

/// A version of a unit type's plan: the one asked for, or the newest.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn plan(
    conn: &Connection,
    unit_type_id: UnitTypeId,
    id: Option<PlanId>,
) -> Result<Option<unit_type_plans::Model>, Error> {
    let mut query = unit_type_plans::Entity::find().filter(unit_type_plans::Column::UnitTypeId.eq(unit_type_id));
    if let Some(id) = id {
        query = query.filter(unit_type_plans::Column::Id.eq(id));
    }
    query.order_by_desc(unit_type_plans::Column::Number).one(conn).await
}
