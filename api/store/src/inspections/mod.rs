//! Unit inspections: found as the caller may see them, locked for a change, listed by place.

mod contents;
mod defects;
mod list;
mod results;
mod signatures;

pub use contents::{companies, content, defect_types, insert_content, seen_defects, terms};
pub use defects::{FailedPlace, cover_late, failed_places, found_in, late_for, lineage_of, photo_hashes_of};
pub use list::{Filter, LIST, counts_of, page};
pub use results::{
    delete_results, measurements_of, own_measurements, own_results, record_counts, results_of, save_measurements,
    save_results,
};
pub use signatures::{insert_signature, photo_fits, signatures_of, supersede_signatures};

use domain::id::{InspectionId, RoundId, UnitId};
use domain::inspection::InspectionStatus;
use domain::round::RoundStatus;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::unit_inspections::{Column, Entity, Model};
use crate::entity::{rooms, rounds};
use crate::id_in::id_in;
use crate::visibility;

/// Rows in one statement: SQLite takes 32,766 values, an inspection has 15.
const ROWS: usize = 2_000;

/// A unit inspection with its round, neither of which is moved on until the transaction ends; others may hold them,
/// too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared(conn: &Connection, id: InspectionId) -> Result<Option<(Model, rounds::Model)>, Error> {
    let Some(inspection) = Entity::find_by_id(id).lock(LockType::Share).one(conn).await? else { return Ok(None) };
    let round = crate::rounds::lock_shared(conn, inspection.round_id).await?;
    Ok(round.map(|round| (inspection, round)))
}

/// Holds every inspection of a unit: none is submitted, signed or reopened until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared_of_unit(conn: &Connection, unit_id: UnitId) -> Result<(), Error> {
    let of_unit = Entity::find().filter(Column::UnitId.eq(unit_id)).order_by_asc(Column::Id);
    of_unit.lock(LockType::Share).all(conn).await.map(drop)
}

/// The status of an inspection of a unit whose submission shows the results of this moment, if there is one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn covering(
    conn: &Connection,
    unit_id: UnitId,
    recorded_at: Timestamp,
) -> Result<Option<InspectionStatus>, Error> {
    let found = submitted(unit_id).filter(Column::ContentAt.gte(recorded_at.0));
    Ok(found.one(conn).await?.map(|row| row.status))
}

/// The newest inspection of a unit that was submitted and can still be signed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn submitted_of_unit(conn: &Connection, unit_id: UnitId) -> Result<Option<InspectionId>, Error> {
    let open = Query::select()
        .column(rounds::Column::Id)
        .from(rounds::Entity)
        .and_where(rounds::Column::Status.eq(RoundStatus::Open))
        .to_owned();
    let found = submitted(unit_id).filter(Column::RoundId.in_subquery(open)).order_by_desc(Column::ContentAt);
    Ok(found.one(conn).await?.map(|row| row.id))
}

fn submitted(unit_id: UnitId) -> Select<Entity> {
    Entity::find().filter(Column::UnitId.eq(unit_id)).filter(Column::ContentHash.is_not_null())
}

/// The inspection of a unit in a round, held likewise.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared_in_round(
    conn: &Connection,
    round_id: RoundId,
    unit_id: UnitId,
) -> Result<Option<Model>, Error> {
    let found = Entity::find().filter(Column::RoundId.eq(round_id)).filter(Column::UnitId.eq(unit_id));
    found.lock(LockType::Share).one(conn).await
}

/// An inspection of the unit, with its round. Neither is submitted, signed or closed until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_unit(
    conn: &Connection,
    unit_id: UnitId,
    id: InspectionId,
) -> Result<Option<(Model, rounds::Model)>, Error> {
    let found = Entity::find_by_id(id).filter(Column::UnitId.eq(unit_id)).lock(LockType::Share).one(conn).await?;
    let Some(inspection) = found else { return Ok(None) };
    let round = crate::rounds::lock_shared(conn, inspection.round_id).await?;
    Ok(round.map(|round| (inspection, round)))
}

/// One unit inspection, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, scope: &VisibilityScope, id: InspectionId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::inspections(scope)).one(conn).await
}

/// One unit inspection, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(
    conn: &Connection,
    scope: &VisibilityScope,
    id: InspectionId,
) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::inspections(scope)).for_update().one(conn).await
}

/// Those of the unit inspections that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(conn: &Connection, scope: &VisibilityScope, ids: &[InspectionId]) -> Result<Vec<Model>, Error> {
    Entity::find().filter(id_in(conn, Column::Id, ids)).filter(visibility::inspections(scope)).all(conn).await
}

/// The inspections of units, in the order of their rounds.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_units(conn: &Connection, scope: &VisibilityScope, units: &[UnitId]) -> Result<Vec<Model>, Error> {
    let round = Entity::belongs_to(rounds::Entity).from(Column::RoundId).to(rounds::Column::Id).into();
    Entity::find()
        .join(sea_orm::JoinType::InnerJoin, round)
        .filter(id_in(conn, Column::UnitId, units))
        .filter(visibility::inspections(scope))
        .order_by_asc(rounds::Column::Number)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Writes new unit inspections.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_many(conn: &Connection, rows: &[Model]) -> Result<(), Error> {
    for chunk in rows.chunks(ROWS) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Writes a changed unit inspection over the version that was read, and raises its version.
///
/// # Errors
/// When the database fails, or another command changed the row in between (which its lock prevents).
#[boxed]
pub async fn save(conn: &Connection, inspection: &mut Model) -> Result<(), Error> {
    let read_version = inspection.version;
    inspection.version += 1;
    let done = Entity::update_many()
        .set(inspection.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(inspection.id))
        .filter(Column::Version.eq(read_version))
        .exec(conn)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Custom("a locked unit inspection changed meanwhile".to_owned()))
    }
}

/// The rooms of units, in the order of a walk.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rooms_of(conn: &Connection, units: &[UnitId]) -> Result<Vec<rooms::Model>, Error> {
    rooms::Entity::find()
        .filter(id_in(conn, rooms::Column::UnitId, units))
        .order_by_asc(rooms::Column::Sort)
        .order_by_asc(rooms::Column::Id)
        .all(conn)
        .await
}
