//! Defects: found as the caller may see them, locked for a change, listed by index.

pub(crate) mod attempts_disputes_comments;
mod by_id;
mod duplicates;
mod first_per_unit;
mod list;
mod mine;

pub(crate) use attempts_disputes_comments::readable_comments;
pub use attempts_disputes_comments::{
    add_company, attempts_of, children, close_attempt, comments_of, disputes_of, insert_attempt, insert_comment,
    insert_dispute, insert_verdict, latest_attempt, open_dispute, resolve_dispute, verdicts_of,
};
pub use by_id::{attempts_by_ids, comments_by_ids, disputes_by_ids, verdicts_by_ids};
pub use duplicates::{
    VoidSurvivor, duplicate_group, find_group_for_update, void_among, void_for_themselves, void_survivors,
};
pub use first_per_unit::{First, of_rooms, of_units};
pub use list::{Filter, OrderBy, count, count_by_unit, page, query_plan};
pub use mine::Mine;

use domain::defect::{AttemptStatus, DefectStatus};
use domain::event::EventName;
use domain::id::{DefectId, ProjectId, RoomId, UnitId};
use domain::{Party, VisibilityScope};
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::defects::{Column, Entity, Model};
use crate::entity::{defect_comments, events, repair_attempts, verdicts};
use crate::id_in::id_in;
use crate::partial::Partial;
use crate::visibility;

/// One defect, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, scope: &VisibilityScope, id: DefectId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::defects(scope)).one(conn).await
}

/// One defect, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(conn: &Connection, scope: &VisibilityScope, id: DefectId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(visibility::defects(scope)).for_update().one(conn).await
}

/// Holds defects in the order of their ids: none changes until the transaction ends. Others may hold them, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared(conn: &Connection, ids: &[DefectId]) -> Result<(), Error> {
    let defects = Entity::find().filter(id_in(conn, Column::Id, ids)).order_by_asc(Column::Id);
    defects.lock(LockType::Share).all(conn).await.map(drop)
}

/// Those of the defects that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_many(conn: &Connection, scope: &VisibilityScope, ids: &[DefectId]) -> Result<Vec<Model>, Error> {
    Entity::find().filter(id_in(conn, Column::Id, ids)).filter(visibility::defects(scope)).all(conn).await
}

/// The defects for display only: without the search text.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_listed(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[DefectId],
) -> Result<Vec<Partial<Model>>, Error> {
    let select = Entity::find().filter(id_in(conn, Column::Id, ids)).filter(visibility::defects(scope));
    columns::some(conn, select, Columns::ALL.without([Column::Search])).await
}

/// Defects of one unit that still live, for finding likely duplicates.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn alive_in_place(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_id: UnitId,
    room_id: Option<RoomId>,
    part: &str,
) -> Result<Vec<Model>, Error> {
    let alive = DefectStatus::ALIVE.iter().copied();
    let mut query = Entity::find()
        .filter(Column::UnitId.eq(unit_id))
        .filter(Column::Part.eq(part))
        .filter(Column::Status.is_in(alive))
        .filter(visibility::defects(scope));
    query = match room_id {
        Some(room_id) => query.filter(Column::RoomId.eq(room_id)),
        None => query.filter(Column::RoomId.is_null()),
    };
    query.order_by_asc(Column::Id).all(conn).await
}

/// The project's defects whose latest repair waits for more passes than the ones it has.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn waiting_with_passes(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
) -> Result<Vec<DefectId>, Error> {
    let pending = Query::select()
        .column(repair_attempts::Column::Id)
        .from(repair_attempts::Entity)
        .and_where(repair_attempts::Column::ProjectId.eq(project_id))
        .and_where(repair_attempts::Column::Status.eq(AttemptStatus::Pending))
        .to_owned();
    let passed = Query::select()
        .column(verdicts::Column::DefectId)
        .from(verdicts::Entity)
        .and_where(verdicts::Column::Passed.eq(true))
        .and_where(verdicts::Column::AttemptId.in_subquery(pending))
        .to_owned();
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Status.eq(DefectStatus::Fixed))
        .filter(Column::Id.in_subquery(passed))
        .filter(visibility::defects(scope))
        .into_tuple()
        .all(conn)
        .await
}

/// The defects that were merged into, or declared a duplicate of, these.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn duplicates_of(conn: &Connection, scope: &VisibilityScope, ids: &[DefectId]) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::DuplicateOf, ids))
        .filter(visibility::defects(scope))
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Whether people of a party have commented on a defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_comments_of(conn: &Connection, defect_id: DefectId, party: Party) -> Result<bool, Error> {
    use defect_comments::Column as C;
    let theirs = defect_comments::Entity::find().filter(C::DefectId.eq(defect_id)).filter(C::Party.eq(party));
    Ok(theirs.one(conn).await?.is_some())
}

/// The units between which a defect was moved.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn moved_between(conn: &Connection, defect_id: DefectId) -> Result<Vec<UnitId>, Error> {
    use events::Column as E;
    let moves = events::Entity::find()
        .select_only()
        .column(E::UnitId)
        .distinct()
        .filter(E::ObjectId.eq(defect_id))
        .filter(E::Name.eq(EventName::DefectMoved))
        .filter(E::UnitId.is_not_null());
    moves.into_tuple().all(conn).await
}

/// Writes a new defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, defect: Model) -> Result<(), Error> {
    Entity::insert(defect.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a changed defect over the version that was read, and raises its version.
///
/// # Errors
/// When the database fails, or another command changed the row in between (which its lock prevents).
#[boxed]
pub async fn save(conn: &Connection, defect: &mut Model) -> Result<(), Error> {
    let read_version = defect.version;
    defect.version += 1;
    defect.due_order = defect.due_at.unwrap_or(i64::MAX);
    defect.shown_due_order = defect.shown_due_at.unwrap_or(i64::MAX);
    let row = defect.clone().into_active_model().reset_all();
    let done = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(defect.id))
        .filter(Column::Version.eq(read_version))
        .exec(conn)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Custom("a locked defect changed meanwhile".to_owned())) }
}
