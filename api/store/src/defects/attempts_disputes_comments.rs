//! What hangs on a defect: attempts, verdicts, disputes, comments, and the companies it ever concerned.

use domain::defect::{AttemptStatus, CommentVisibility};
use domain::id::{AttemptId, CompanyId, DefectId};
use domain::object_kind::ObjectKind;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Statement,
};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{defect_comments, defect_companies, disputes, repair_attempts, verdicts};
use crate::id_in::id_in;

/// Notes that a company is, or was, responsible for a defect or raised it; again is no error.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn add_company(
    conn: &Connection,
    defect_id: DefectId,
    company_id: CompanyId,
    since: Timestamp,
) -> Result<bool, Error> {
    let row = defect_companies::Model { defect_id, company_id, since: since.0 };
    let known = OnConflict::columns([defect_companies::Column::DefectId, defect_companies::Column::CompanyId])
        .do_nothing()
        .to_owned();
    let noted = defect_companies::Entity::insert(row.into_active_model())
        .on_conflict(known)
        .exec_without_returning(conn)
        .await?;
    Ok(noted == 1)
}

/// Everything that hangs on a defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn children(conn: &Connection, defect_id: DefectId) -> Result<Vec<(ObjectKind, Uuid)>, Error> {
    let tables = [
        ("repair_attempts", ObjectKind::RepairAttempt),
        ("verdicts", ObjectKind::Verdict),
        ("disputes", ObjectKind::Dispute),
        ("defect_comments", ObjectKind::Comment),
        ("photos", ObjectKind::Photo),
        ("inbox_entries", ObjectKind::InboxEntry),
    ];
    let parts: Vec<String> = tables
        .iter()
        .enumerate()
        .map(|(n, (table, _))| format!("SELECT {n} AS kind, id FROM {table} WHERE defect_id = $1"))
        .collect();
    let sql = parts.join(" UNION ALL ");
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [defect_id.into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let kind: i32 = row.try_get_by_index(0)?;
            let kind = usize::try_from(kind).ok().and_then(|kind| tables.get(kind));
            let kind = kind.ok_or_else(|| Error::Custom("a child of no table".to_owned()))?;
            Ok((kind.1, row.try_get_by_index(1)?))
        })
        .collect()
}

/// Repair attempts of defects that the caller sees, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn attempts_of(conn: &Connection, defect_ids: &[DefectId]) -> Result<Vec<repair_attempts::Model>, Error> {
    repair_attempts::Entity::find()
        .filter(id_in(conn, repair_attempts::Column::DefectId, defect_ids))
        .order_by_asc(repair_attempts::Column::DefectId)
        .order_by_asc(repair_attempts::Column::Number)
        .all(conn)
        .await
}

/// The latest attempt of a defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn latest_attempt(conn: &Connection, defect_id: DefectId) -> Result<Option<repair_attempts::Model>, Error> {
    repair_attempts::Entity::find()
        .filter(repair_attempts::Column::DefectId.eq(defect_id))
        .order_by_desc(repair_attempts::Column::Number)
        .one(conn)
        .await
}

/// Writes a new attempt.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_attempt(conn: &Connection, row: repair_attempts::Model) -> Result<(), Error> {
    repair_attempts::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Sets the outcome of an attempt, if it has none yet: a judged attempt keeps its outcome.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn close_attempt(conn: &Connection, attempt_id: AttemptId, status: AttemptStatus) -> Result<(), Error> {
    repair_attempts::Entity::update_many()
        .col_expr(repair_attempts::Column::Status, status.to_owned().into())
        .filter(repair_attempts::Column::Id.eq(attempt_id))
        .filter(repair_attempts::Column::Status.eq(AttemptStatus::Pending))
        .exec(conn)
        .await?;
    Ok(())
}

/// Verdicts on attempts.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn verdicts_of(conn: &Connection, attempt_ids: &[AttemptId]) -> Result<Vec<verdicts::Model>, Error> {
    verdicts::Entity::find()
        .filter(id_in(conn, verdicts::Column::AttemptId, attempt_ids))
        .order_by_asc(verdicts::Column::RecordedAt)
        .order_by_asc(verdicts::Column::Id)
        .all(conn)
        .await
}

/// Writes a verdict.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_verdict(conn: &Connection, row: verdicts::Model) -> Result<(), Error> {
    verdicts::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Disputes of defects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn disputes_of(conn: &Connection, defect_ids: &[DefectId]) -> Result<Vec<disputes::Model>, Error> {
    disputes::Entity::find()
        .filter(id_in(conn, disputes::Column::DefectId, defect_ids))
        .order_by_asc(disputes::Column::RecordedAt)
        .order_by_asc(disputes::Column::Id)
        .all(conn)
        .await
}

/// The open dispute of a defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_dispute(conn: &Connection, defect_id: DefectId) -> Result<Option<disputes::Model>, Error> {
    disputes::Entity::find()
        .filter(disputes::Column::DefectId.eq(defect_id))
        .filter(disputes::Column::Resolution.is_null())
        .one(conn)
        .await
}

/// Writes a new dispute.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_dispute(conn: &Connection, row: disputes::Model) -> Result<(), Error> {
    disputes::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes the resolution of a dispute.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn resolve_dispute(conn: &Connection, row: disputes::Model) -> Result<(), Error> {
    let id = row.id;
    disputes::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(disputes::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Comments on defects that the caller sees, without other companies' internal ones; for owners only theirs.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn comments_of(
    conn: &Connection,
    scope: &VisibilityScope,
    defect_ids: &[DefectId],
) -> Result<Vec<defect_comments::Model>, Error> {
    use defect_comments::Column;
    defect_comments::Entity::find()
        .filter(id_in(conn, Column::DefectId, defect_ids))
        .filter(readable_comments(scope))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Which comments the caller reads: all staff the shared ones, each company its own internal ones, everybody who sees
/// the defect those for the owner.
pub(crate) fn readable_comments(scope: &VisibilityScope) -> Condition {
    use defect_comments::Column;
    let staff = scope.staff_projects();
    let mut seen = Condition::any().add(Column::Visibility.eq(CommentVisibility::Owner));
    if !staff.is_empty() {
        seen = seen.add(
            Condition::all().add(Column::Visibility.eq(CommentVisibility::Shared)).add(Column::ProjectId.is_in(staff)),
        );
    }
    if !scope.own_companies.is_empty() {
        seen = seen.add(
            Condition::all()
                .add(Column::Visibility.eq(CommentVisibility::Internal))
                .add(Column::CompanyId.is_in(scope.own_companies.iter().copied())),
        );
    }
    seen
}

/// Writes a comment.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_comment(conn: &Connection, row: defect_comments::Model) -> Result<(), Error> {
    defect_comments::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}
