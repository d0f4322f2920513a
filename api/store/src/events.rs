//! What happened: append-only.

use domain::VisibilityScope;
use domain::event::{Audience, EventName};
use domain::id::{DefectId, EventId, ProjectId};
use domain::object_kind::ObjectKind;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::events::{Column, Entity, Model};
use crate::entity::{defects, pending_edits};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// Writes events.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, rows: Vec<Model>) -> Result<(), Error> {
    for chunk in rows.chunks(500) {
        Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

/// The events of defects, oldest first, as the caller may read them: staff all but other companies' internal ones,
/// owners those meant for them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_defects(conn: &Connection, scope: &VisibilityScope, ids: &[DefectId]) -> Result<Vec<Model>, Error> {
    read(conn, scope, id_in(conn, Column::DefectId, ids)).await
}

/// The events of objects, oldest first, as the caller may read them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_objects(conn: &Connection, scope: &VisibilityScope, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    read(conn, scope, id_in(conn, Column::ObjectId, ids)).await
}

/// A page of a project's events, newest first, for its staff: contractors read of no defects but their own.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let direction = reading_order(request, true);
    let seen = Query::select()
        .column(defects::Column::Id)
        .from(defects::Entity)
        .cond_where(visibility::defects(scope))
        .to_owned();
    let mut query = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .filter(readable(scope));
    if scope.contractor_projects.contains(&project_id) {
        // Signatures' photos, reviews and waivers concern no contractor, but for its own signatures.
        let hidden = [ObjectKind::Photo, ObjectKind::Review, ObjectKind::Waiver].map(ObjectKind::as_str);
        let own = Column::CompanyId.is_in(scope.contractor_companies.iter().copied());
        let of_none = Condition::all()
            .add(Column::DefectId.is_null())
            .add(Condition::any().add(Column::ObjectKind.is_not_in(hidden)).add(own));
        query = query.filter(Condition::any().add(of_none).add(Column::DefectId.in_subquery(seen)));
    }
    let rows = query
        .filter(within(request, true, Column::Seq, Column::Id))
        .order_by(Column::Seq, direction.clone())
        .order_by(Column::Id, direction)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: row.seq, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(request, rows))
}

/// The events of a project after a place in their order, oldest first, without a visibility scope: for recounts.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn after(
    conn: &Connection,
    project_id: ProjectId,
    (seq, id): (i64, EventId),
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let later =
        Condition::any().add(Column::Seq.gt(seq)).add(Condition::all().add(Column::Seq.eq(seq)).add(Column::Id.gt(id)));
    Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(later)
        .order_by_asc(Column::Seq)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await
}

async fn read(
    conn: &Connection,
    scope: &VisibilityScope,
    of: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(of)
        .filter(readable(scope))
        .order_by_asc(Column::Seq)
        .order_by_asc(Column::Id)
        .limit(10_000)
        .all(conn)
        .await
}

fn readable(scope: &VisibilityScope) -> Condition {
    let mut any = Condition::any().add(Column::VisibleTo.eq(Audience::Owner));
    let staff = |projects: &[ProjectId]| {
        let of_these = Column::ProjectId.is_in(projects.iter().copied());
        Condition::all().add(Column::VisibleTo.eq(Audience::Staff)).add(of_these)
    };
    if !scope.projects.is_empty() {
        any = any.add(staff(&scope.projects));
    }
    if !scope.contractor_projects.is_empty() {
        // A contractor reads neither the results of others in a unit inspection nor the events of those results.
        let not_others = Condition::any()
            .add(Column::Name.ne(EventName::InspectionRecorded))
            .add(Column::CompanyId.is_in(scope.contractor_companies.iter().copied()));
        any = any.add(staff(&scope.contractor_projects).add(not_others));
    }
    if !scope.owner_projects.is_empty() {
        let of_these = Column::ProjectId.is_in(scope.owner_projects.iter().copied());
        any = any.add(Condition::all().add(Column::VisibleTo.eq(Audience::OwnerData)).add(of_these));
    }
    if !scope.own_companies.is_empty() {
        any = any.add(
            Condition::all()
                .add(Column::VisibleTo.eq(Audience::Company))
                .add(Column::CompanyId.is_in(scope.own_companies.iter().copied())),
        );
    }
    // By their names, because older events of edits were stored without an audience.
    any.add(Condition::all().add(Column::Name.is_in(EventName::OF_EDITS.map(EventName::as_str))).add(of_edits(scope)))
}

/// Events of pending edits: for the people who may resolve them, and for the author of each.
fn of_edits(scope: &VisibilityScope) -> Condition {
    let own = Query::select()
        .expr(Expr::val(1))
        .from(pending_edits::Entity)
        .and_where(Expr::col((pending_edits::Entity, pending_edits::Column::Id)).equals((Entity, Column::ObjectId)))
        .cond_where(visibility::own(scope, pending_edits::Column::PersonId, pending_edits::Column::UnitId))
        .to_owned();
    let may_resolve = Column::ProjectId.is_in(scope.resolve_projects.iter().copied());
    Condition::any().add(may_resolve).add(Expr::exists(own))
}
