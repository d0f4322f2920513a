//! Operations, each with its answer.

use domain::id::{DeviceId, OperationId, PersonId};
use domain::sync::SyncOutcome;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::operations::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// Writes the answer, unless there is one already; returns whether it was written. An operation of the same person that
/// no server could read yet counts as unanswered.
///
/// Two at the same moment: the second waits for the first to commit or to be rolled back.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_operation(conn: &Connection, row: Model, unreadable: &str) -> Result<bool, Error> {
    let answers = Column::iter().filter(|column| !matches!(column, Column::Id | Column::PersonId));
    let known = OnConflict::column(Column::Id)
        .update_columns(answers)
        .action_and_where(Expr::col((Entity, Column::Command)).eq(unreadable))
        .action_and_where(Expr::col((Entity, Column::PersonId)).eq(row.person_id))
        .action_and_where(Expr::val(row.command.as_str()).ne(unreadable))
        .to_owned();
    let inserted = Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(conn).await?;
    Ok(inserted == 1)
}

/// Deletes the refusal of an operation, so that it can be judged anew. Other answers stay.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete_refusal(conn: &Connection, id: OperationId) -> Result<(), Error> {
    let refused = Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::Outcome.eq(SyncOutcome::Rejected));
    refused.exec(conn).await.map(drop)
}

/// Removes refused operations that were recorded before a moment, at most so many, the oldest first; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_refused(conn: &Connection, before: Timestamp, limit: u64) -> Result<u64, Error> {
    let old: Vec<OperationId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Outcome.eq(SyncOutcome::Rejected))
        .filter(Column::RecordedAt.lt(before.0))
        .order_by_asc(Column::RecordedAt)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    let removed =
        Entity::delete_many().filter(id_in(conn, Column::Id, &old)).filter(Column::Outcome.eq(SyncOutcome::Rejected));
    Ok(removed.exec(conn).await?.rows_affected)
}

/// Those of the operations that were answered before, of all people.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn operations_by_ids(conn: &Connection, ids: &[OperationId]) -> Result<Vec<Model>, Error> {
    Entity::find().filter(id_in(conn, Column::Id, ids)).all(conn).await
}

/// The newest of a person's operations that was about one of these objects and was not simply done.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn maker_of(conn: &Connection, person_id: PersonId, objects: &[Uuid]) -> Result<Option<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::ObjectId, objects))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Outcome.is_in([SyncOutcome::Rejected, SyncOutcome::Conflict].map(SyncOutcome::as_str)))
        .order_by_desc(Column::RecordedAt)
        .order_by_desc(Column::Id)
        .limit(1)
        .one(conn)
        .await
}

/// Which operations; empty means all.
#[derive(Debug, Clone, Default)]
pub struct OperationFilter {
    /// With these outcomes.
    pub outcomes: Vec<SyncOutcome>,
    /// Pushed by this device.
    pub device_id: Option<DeviceId>,
}

/// A page of the caller's own operations, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn operations_page(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: &OperationFilter,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(request, true);
    let own = visibility::own(scope, Column::PersonId, Column::UnitId);
    let mut query = Entity::find().filter(own).filter(within(request, true, Column::RecordedAt, Column::Id));
    if !filter.outcomes.is_empty() {
        query = query.filter(Column::Outcome.is_in(filter.outcomes.iter().copied()));
    }
    if let Some(device_id) = filter.device_id {
        query = query.filter(Column::DeviceId.eq(device_id));
    }
    let rows = query
        .order_by(Column::RecordedAt, order.clone())
        .order_by(Column::Id, order)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let place = |row: &Model| Cursor { sort: row.recorded_at, id: row.id.uuid() };
    Ok(Page::of(request, rows.into_iter().map(|row| (place(&row), row)).collect()))
}
