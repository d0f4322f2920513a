//! Inboxes: entries of what people hear of their work. Whoever may not see what an entry is about does not see the
//! entry.

mod digest;
mod people;

pub use digest::{UntoldPerson, claim_untold, remove_old, untold_people};
pub use people::{NamedPerson, Wanted, comment, defect, members, named_people};

use domain::id::{InboxEntryId, PersonId};
use domain::inbox::InboxKind;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::Error;
use crate::boxed;
use crate::changes::exists;
use crate::db::{Connection, WriteTx};
use crate::defects::readable_comments;
use crate::entity::inbox_entries::{Column, Entity, Model};
use crate::entity::{defect_comments, defects, pending_edits};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// The entries of the caller. In a session of one unit only those about this unit, because the person's other units and
/// roles are not seen in it.
pub(crate) fn own(scope: &VisibilityScope) -> Condition {
    let own = Condition::all().add(Column::PersonId.eq(scope.person_id));
    let Some(unit_id) = scope.only_unit else { return own };
    let defect = Query::select()
        .from(defects::Entity)
        .and_where(Expr::col((defects::Entity, defects::Column::Id)).equals((Entity, Column::DefectId)))
        .and_where(defects::Column::UnitId.eq(unit_id))
        .to_owned();
    let edit = Query::select()
        .from(pending_edits::Entity)
        .and_where(
            Expr::col((pending_edits::Entity, pending_edits::Column::Id)).equals((Entity, Column::PendingEditId)),
        )
        .and_where(pending_edits::Column::UnitId.eq(unit_id))
        .to_owned();
    own.add(Condition::any().add(exists(defect)).add(exists(edit)))
}

/// The own entries, as far as the caller sees what they are about now.
fn visible(scope: &VisibilityScope) -> Condition {
    let defect = Query::select()
        .from(defects::Entity)
        .and_where(Expr::col((defects::Entity, defects::Column::Id)).equals((Entity, Column::DefectId)))
        .cond_where(visibility::defects(scope))
        .to_owned();
    let comment = Query::select()
        .from(defect_comments::Entity)
        .and_where(
            Expr::col((defect_comments::Entity, defect_comments::Column::Id)).equals((Entity, Column::CommentId)),
        )
        .cond_where(readable_comments(scope))
        .to_owned();
    Condition::all()
        .add(own(scope))
        .add(visibility::all_members(scope, Column::ProjectId))
        .add(Condition::any().add(Column::DefectId.is_null()).add(exists(defect)))
        .add(Condition::any().add(Column::CommentId.is_null()).add(exists(comment)))
}

/// Writes entries.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(tx: &WriteTx, rows: Vec<Model>) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model)).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes an entry, unless the person has one of the same cause. Returns whether it was written.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_once(tx: &WriteTx, row: Model) -> Result<bool, Error> {
    let known = OnConflict::columns([Column::PersonId, Column::Kind, Column::Cause]).do_nothing().to_owned();
    let written = Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(tx).await?;
    Ok(written == 1)
}

/// Whether a person has an entry of this cause.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_cause(conn: &Connection, person_id: PersonId, kind: InboxKind, cause: &str) -> Result<bool, Error> {
    let same = Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Cause.eq(cause));
    Ok(same.count(conn).await? > 0)
}

/// Takes entries back.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove(tx: &WriteTx, ids: &[InboxEntryId]) -> Result<(), Error> {
    Entity::delete_many().filter(id_in(tx, Column::Id, ids)).exec(tx).await.map(drop)
}

/// Those of the entries that the caller sees.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(conn: &Connection, scope: &VisibilityScope, ids: &[InboxEntryId]) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::Id, ids))
        .filter(visible(scope))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// Only those that were not read.
    pub unread: bool,
}

impl InboxFilter {
    fn condition(self) -> Condition {
        Condition::all().add_option(self.unread.then(|| Column::ReadAt.is_null()))
    }
}

/// A page of the caller's entries, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: InboxFilter,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(request, true);
    let rows = Entity::find()
        .filter(visible(scope))
        .filter(filter.condition())
        .filter(within(request, true, Column::CreatedAt, Column::Id))
        .order_by(Column::CreatedAt, order.clone())
        .order_by(Column::Id, order)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: row.created_at, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(request, rows))
}

/// How many entries the caller has not read.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unread_count(conn: &Connection, scope: &VisibilityScope) -> Result<u64, Error> {
    Entity::find().filter(Column::ReadAt.is_null()).filter(visible(scope)).count(conn).await
}

/// Notes that entries were read.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_read(tx: &WriteTx, ids: &[InboxEntryId], now: Timestamp) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now.0))
        .filter(id_in(tx, Column::Id, ids))
        .filter(Column::ReadAt.is_null())
        .exec(tx)
        .await
        .map(drop)
}
