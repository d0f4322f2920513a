//! Rounds and the units in their scope.

use domain::VisibilityScope;
use domain::id::{BuildingId, ProjectId, RoundId, UnitId};
use domain::unit::UnitKind;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::rounds::{Column, Entity, Model};
use crate::entity::{buildings, changes, round_units, units};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// The name of a project's list of rounds inside cursors.
pub const LIST: &str = "rounds:number";
/// Rows in one statement: SQLite takes 32,766 values.
const ROWS: usize = 10_000;

/// A round, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, scope: &VisibilityScope, id: RoundId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::rounds(scope)).one(conn).await
}

/// A round, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(conn: &Connection, scope: &VisibilityScope, id: RoundId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::rounds(scope)).for_update().one(conn).await
}

/// A round that must not be closed until the transaction ends; others may hold it, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared(conn: &Connection, id: RoundId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).lock(LockType::Share).one(conn).await
}

/// Those of the rounds that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(conn: &Connection, scope: &VisibilityScope, ids: &[RoundId]) -> Result<Vec<Model>, Error> {
    Entity::find().filter(id_in(conn, Column::Id, ids)).filter(visibility::rounds(scope)).all(conn).await
}

/// A page of a project's rounds in the order of their numbers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    descending: bool,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let direction = reading_order(request, descending);
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(visibility::rounds(scope))
        .filter(within(request, descending, Column::Number, Column::Id))
        .order_by(Column::Number, direction.clone())
        .order_by(Column::Id, direction)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let placed = rows.into_iter().map(|row| (Cursor { sort: i64::from(row.number), id: row.id.uuid() }, row)).collect();
    Ok(Page::of(request, placed))
}

/// Whether a round of the project has the number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn number_taken(conn: &Connection, project_id: ProjectId, number: i32) -> Result<bool, Error> {
    let found = Entity::find().filter(Column::ProjectId.eq(project_id)).filter(Column::Number.eq(number));
    Ok(found.one(conn).await?.is_some())
}

/// Writes a new round with the units in its scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, round: Model, unit_ids: &[UnitId]) -> Result<(), Error> {
    let round_id = round.id;
    Entity::insert(round.into_active_model()).exec_without_returning(conn).await?;
    insert_scope(conn, round_id, unit_ids).await
}

/// Writes a changed round over the version that was read, and raises its version.
///
/// # Errors
/// When the database fails, or another command changed the row in between (which its lock prevents).
#[boxed]
pub async fn save(conn: &Connection, round: &mut Model) -> Result<(), Error> {
    let read_version = round.version;
    round.version += 1;
    let done = Entity::update_many()
        .set(round.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(round.id))
        .filter(Column::Version.eq(read_version))
        .exec(conn)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Custom("a locked round changed meanwhile".to_owned())) }
}

/// Writes other units into the scope of a round that was never opened.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn replace_scope(conn: &Connection, round_id: RoundId, unit_ids: &[UnitId]) -> Result<(), Error> {
    round_units::Entity::delete_many().filter(round_units::Column::RoundId.eq(round_id)).exec(conn).await?;
    insert_scope(conn, round_id, unit_ids).await
}

async fn insert_scope(conn: &Connection, round_id: RoundId, unit_ids: &[UnitId]) -> Result<(), Error> {
    for chunk in unit_ids.chunks(ROWS) {
        let rows = chunk.iter().map(|&unit_id| round_units::Model { round_id, unit_id }.into_active_model());
        round_units::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Removes a round that was never opened, with its scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete(conn: &Connection, round_id: RoundId) -> Result<(), Error> {
    round_units::Entity::delete_many().filter(round_units::Column::RoundId.eq(round_id)).exec(conn).await?;
    Entity::delete_by_id(round_id).exec(conn).await.map(drop)
}

/// Whether a round of a project that the caller is staff of was there once and has been removed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn was_removed(conn: &Connection, scope: &VisibilityScope, id: RoundId) -> Result<bool, Error> {
    let found = changes::Entity::find()
        .filter(visibility::staff_only(scope, changes::Column::ProjectId))
        .filter(changes::Column::ObjectKind.eq(domain::object_kind::ObjectKind::Round))
        .filter(changes::Column::ObjectId.eq(id))
        .filter(changes::Column::Deleted.eq(true));
    Ok(found.one(conn).await?.is_some())
}

/// The units in a round's scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn scope_of(conn: &Connection, round_id: RoundId) -> Result<Vec<UnitId>, Error> {
    round_units::Entity::find()
        .select_only()
        .column(round_units::Column::UnitId)
        .filter(round_units::Column::RoundId.eq(round_id))
        .order_by_asc(round_units::Column::UnitId)
        .into_tuple()
        .all(conn)
        .await
}

/// How many units are in the scope of each round.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn scope_sizes(conn: &Connection, rounds: &[RoundId]) -> Result<Vec<(RoundId, i64)>, Error> {
    round_units::Entity::find()
        .select_only()
        .column(round_units::Column::RoundId)
        .column_as(round_units::Column::UnitId.count(), "units")
        .filter(id_in(conn, round_units::Column::RoundId, rounds))
        .group_by(round_units::Column::RoundId)
        .into_tuple()
        .all(conn)
        .await
}

/// The homes of a project, or of some of its buildings.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn homes_of(
    conn: &Connection,
    project_id: ProjectId,
    buildings: Option<&[BuildingId]>,
) -> Result<Vec<UnitId>, Error> {
    let mut query = units::Entity::find()
        .select_only()
        .column(units::Column::Id)
        .filter(units::Column::ProjectId.eq(project_id))
        .filter(units::Column::Kind.eq(UnitKind::Residential));
    if let Some(buildings) = buildings {
        query = query.filter(units::Column::BuildingId.is_in(buildings.iter().copied()));
    }
    query.order_by_asc(units::Column::PlaceOrder).order_by_asc(units::Column::Id).into_tuple().all(conn).await
}

/// Those of the ids that are units of the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn units_among(conn: &Connection, project_id: ProjectId, ids: &[UnitId]) -> Result<Vec<UnitId>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(ROWS) {
        let query = units::Entity::find()
            .select_only()
            .column(units::Column::Id)
            .filter(units::Column::ProjectId.eq(project_id))
            .filter(units::Column::Id.is_in(chunk.iter().copied()));
        found.extend(query.into_tuple::<UnitId>().all(conn).await?);
    }
    Ok(found)
}

/// Those of the ids that are buildings of the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn buildings_among(
    conn: &Connection,
    project_id: ProjectId,
    ids: &[BuildingId],
) -> Result<Vec<BuildingId>, Error> {
    buildings::Entity::find()
        .select_only()
        .column(buildings::Column::Id)
        .filter(buildings::Column::ProjectId.eq(project_id))
        .filter(id_in(conn, buildings::Column::Id, ids))
        .into_tuple()
        .all(conn)
        .await
}
