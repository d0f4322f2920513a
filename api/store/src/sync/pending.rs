//! Pending edits. Their author sees them, and the people who may resolve them.

use domain::id::{OperationId, PendingEditId, PersonId, ProjectId};
use domain::sync::PendingEditState;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::pending_edits::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// Writes a pending edit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_pending(conn: &Connection, row: Model) -> Result<(), Error> {
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.map(drop)
}

fn seen(scope: &VisibilityScope) -> Condition {
    Condition::any()
        .add(visibility::own(scope, Column::PersonId, Column::UnitId))
        .add(Column::ProjectId.is_in(scope.resolve_projects.iter().copied()))
}

/// Those of the edits that the caller sees.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pending_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[PendingEditId],
) -> Result<Vec<Model>, Error> {
    Entity::find().filter(id_in(conn, Column::Id, ids)).filter(seen(scope)).all(conn).await
}

/// The pending edit of an operation, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pending_of_operation(conn: &Connection, id: OperationId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id.uuid()).one(conn).await
}

/// One edit, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pending_for_update(
    conn: &Connection,
    scope: &VisibilityScope,
    id: PendingEditId,
) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(seen(scope)).for_update().one(conn).await
}

/// A page of a project's edits that the caller sees, the oldest first; `states` empty means all.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pending_page(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    states: &[PendingEditState],
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(request, false);
    let mut query = Entity::find().filter(Column::ProjectId.eq(project_id)).filter(seen(scope)).filter(within(
        request,
        false,
        Column::RecordedAt,
        Column::Id,
    ));
    if !states.is_empty() {
        query = query.filter(Column::State.is_in(states.iter().copied()));
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

/// How an edit was resolved.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// Applied or dismissed.
    pub state: PendingEditState,
    /// The author.
    pub person_id: PersonId,
    /// When.
    pub at: Timestamp,
    /// In words.
    pub note: Option<String>,
}

/// Resolves an edit that is still pending; returns whether it was.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn resolve_pending(conn: &Connection, id: PendingEditId, resolution: &Resolution) -> Result<bool, Error> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(resolution.state))
        .col_expr(Column::SettledBy, Expr::value(resolution.person_id))
        .col_expr(Column::SettledAt, Expr::value(resolution.at.0))
        .col_expr(Column::Note, Expr::value(resolution.note.clone()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PendingEditState::Pending))
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}
