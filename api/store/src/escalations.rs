//! Escalation by time: which defects have come to a step, and which steps they have gone through.

use domain::defect::DefectStatus;
use domain::escalation::Step;
use domain::id::{CompanyId, DefectId, PersonId, ProjectId};
use domain::taxonomy::TermKind;
use domain::{Role, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use crate::Error;
use crate::boxed;
use crate::constants::constants;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::escalations::{Column, Entity, Model};
use crate::entity::{defects, memberships, terms};
use crate::id_in::id_in;

/// The escalation rules of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rules(conn: &Connection, project_id: ProjectId) -> Result<Vec<terms::Model>, Error> {
    terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.eq(TermKind::EscalationRule))
        .order_by_asc(terms::Column::Code)
        .all(conn)
        .await
}

/// A defect's id.
#[derive(Debug, Clone, Copy, FromQueryResult)]
struct Id {
    id: DefectId,
}

/// Defects that have come to a step and not gone through it, the longest due first. A stopped clock brings nothing
/// nearer: lateness counts up to the moment when it stopped, and a reminder is for repairs that are still in time.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn due(
    conn: &Connection,
    project_id: ProjectId,
    step: &Step,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<DefectId>, Error> {
    let statuses = constants(DefectStatus::MAY_BE_OVERDUE);
    let in_time = if step.is_reminder() { "AND clock_stopped_at IS NULL AND due_order > $6" } else { "" };
    let sql = format!(
        "SELECT id FROM defects WHERE project_id = $1 AND status IN ({statuses}) AND due_order <= $2 \
         AND due_order + $3 <= COALESCE(clock_stopped_at, $4) AND NOT EXISTS (\
           SELECT 1 FROM escalations e WHERE e.defect_id = defects.id AND e.step = $5) {in_time} \
         ORDER BY due_order, id LIMIT {limit}"
    );
    let offset = step.offset_micros();
    let mut values: Vec<Value> =
        vec![project_id.into(), (now.0 - offset).into(), offset.into(), now.0.into(), step.code.clone().into()];
    if step.is_reminder() {
        values.push(now.0.into());
    }
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(Id::find_by_statement(statement).all(conn).await?.into_iter().map(|row| row.id).collect())
}

/// Living defects that were not escalated, although so many attempts have failed; the newest failure is later than the
/// assignment, because a new company begins anew.
fn is_failed(limit: i32) -> Condition {
    let failed = "EXISTS (SELECT 1 FROM verdicts v WHERE v.defect_id = defects.id AND NOT v.passed \
                  AND v.recorded_at >= COALESCE(defects.assigned_at, 0))";
    Condition::all()
        .add(defects::Column::EscalatedAt.is_null())
        .add(defects::Column::FailedCount.gte(limit))
        .add(defects::Column::Status.is_in(DefectStatus::ALIVE.iter().copied()))
        .add(Expr::cust(failed))
}

/// Defects of a project with so many failed attempts that were not escalated.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn failed(conn: &Connection, project_id: ProjectId, limit: i32, count: u64) -> Result<Vec<DefectId>, Error> {
    defects::Entity::find()
        .select_only()
        .column(defects::Column::Id)
        .filter(defects::Column::ProjectId.eq(project_id))
        .filter(is_failed(limit))
        .order_by_asc(defects::Column::Id)
        .limit(count)
        .into_tuple()
        .all(conn)
        .await
}

/// Whether a defect that is locked is still one of [`failed`].
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_failed(conn: &Connection, defect: &defects::Model, limit: i32) -> Result<bool, Error> {
    let found = defects::Entity::find_by_id(defect.id).filter(is_failed(limit));
    Ok(found.count(conn).await? > 0)
}

/// Locks a defect until the transaction ends, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock(conn: &WriteTx, id: DefectId) -> Result<Option<defects::Model>, Error> {
    defects::Entity::find_by_id(id).for_update().one(conn).await
}

/// Notes that a defect goes through a step; returns whether it had not before.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, row: Model) -> Result<bool, Error> {
    let there = OnConflict::columns([Column::DefectId, Column::Step]).do_nothing().to_owned();
    let noted = Entity::insert(row.into_active_model()).on_conflict(there).exec_without_returning(conn).await?;
    Ok(noted == 1)
}

/// Deletes the steps of a defect whose due time is set anew.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete_steps(conn: &Connection, defect_id: DefectId) -> Result<(), Error> {
    Entity::delete_many().filter(Column::DefectId.eq(defect_id)).exec(conn).await.map(drop)
}

/// The steps that defects have gone through, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_defects(conn: &Connection, ids: &[DefectId]) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::DefectId, ids))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Step)
        .all(conn)
        .await
}

/// The people with an active role in a project: person, company and role.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn people(conn: &Connection, project_id: ProjectId) -> Result<Vec<(PersonId, CompanyId, Role)>, Error> {
    memberships::Entity::find()
        .select_only()
        .columns([memberships::Column::PersonId, memberships::Column::CompanyId, memberships::Column::Role])
        .filter(memberships::Column::ProjectId.eq(project_id))
        .filter(memberships::Column::Active.eq(true))
        .order_by_asc(memberships::Column::PersonId)
        .into_tuple()
        .all(conn)
        .await
}
