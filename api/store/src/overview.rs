//! Counts over a whole project, one statement each whatever its size. Whether the caller may see them is asked before.

use domain::Timestamp;
use domain::defect::{DefectStatus, Severity};
use domain::id::{CompanyId, ProjectId, UnitId};
use domain::photo::PhotoState;
use domain::round::RoundStatus;
use domain::unit::readiness::BlockerCode;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};

use crate::Error;
use crate::boxed;
use crate::constants::{constant, constants};
use crate::db::Connection;
use crate::entity::{defects, photos, readiness_waivers, rounds, units};
use crate::units::readiness::{InspectionRow, Of, inspections_of};

/// The units of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn units(conn: &Connection, project_id: ProjectId) -> Result<Vec<UnitId>, Error> {
    units::Entity::find()
        .select_only()
        .column(units::Column::Id)
        .filter(units::Column::ProjectId.eq(project_id))
        .into_tuple()
        .all(conn)
        .await
}

/// The rounds of a project that are open or closed, by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rounds(conn: &Connection, project_id: ProjectId) -> Result<Vec<rounds::Model>, Error> {
    rounds::Entity::find()
        .filter(rounds::Column::ProjectId.eq(project_id))
        .filter(rounds::Column::Status.ne(RoundStatus::Draft))
        .order_by_asc(rounds::Column::Number)
        .all(conn)
        .await
}

/// The unit inspections of a project in rounds that are open or closed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn inspections(conn: &Connection, project_id: ProjectId) -> Result<Vec<InspectionRow>, Error> {
    inspections_of(conn, Of::Project(project_id)).await
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct UnitCount {
    /// The unit.
    pub unit_id: UnitId,
    /// How many.
    pub total: i64,
}

/// The alive defects of any of the severities, a unit, without those that were waived.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn blocking_defects(
    conn: &Connection,
    project_id: ProjectId,
    severities: &[Severity],
) -> Result<Vec<UnitCount>, Error> {
    use defects::Column;
    let mut select = counted((defects::Entity, Column::UnitId));
    select
        .from(defects::Entity)
        .and_where(Column::ProjectId.eq(project_id))
        .and_where(Column::Status.is_in(DefectStatus::ALIVE.iter().copied()))
        .and_where(Column::Severity.is_in(severities.iter().copied()))
        .and_where(
            Expr::col((defects::Entity, Column::Id))
                .not_in_subquery(waived(project_id, BlockerCode::BlockingDefectOpen)),
        )
        .group_by_col((defects::Entity, Column::UnitId));
    UnitCount::find_by_statement(conn.get_database_backend().build(&select)).all(conn).await
}

/// The photos that were declared and have not arrived, a unit, without those that were waived or are of void defects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_photos(conn: &Connection, project_id: ProjectId) -> Result<Vec<UnitCount>, Error> {
    use photos::Column;
    let mut select = counted((photos::Entity, Column::UnitId));
    select
        .from(photos::Entity)
        .left_join(
            defects::Entity,
            Expr::col((photos::Entity, Column::DefectId)).equals((defects::Entity, defects::Column::Id)),
        )
        .and_where(Column::ProjectId.eq(project_id))
        .and_where(Column::State.eq(PhotoState::Declared))
        .and_where(Column::UnitId.is_not_null())
        .cond_where(defects::Column::Status.ne(DefectStatus::Void).or(defects::Column::Id.is_null()))
        .and_where(
            Expr::col((photos::Entity, Column::Id)).not_in_subquery(waived(project_id, BlockerCode::PhotoMissing)),
        )
        .group_by_col((photos::Entity, Column::UnitId));
    UnitCount::find_by_statement(conn.get_database_backend().build(&select)).all(conn).await
}

/// `SELECT unit, COUNT(*) AS total`, still without its source.
fn counted<C: sea_orm::sea_query::IntoColumnRef>(unit: C) -> SelectStatement {
    Query::select().column(unit).expr_as(Expr::cust("COUNT(*)"), Alias::new("total")).to_owned()
}

/// The subjects that were waived of a blocker.
fn waived(project_id: ProjectId, blocker: BlockerCode) -> SelectStatement {
    use readiness_waivers::Column;
    Query::select()
        .column(Column::SubjectId)
        .from(readiness_waivers::Entity)
        .and_where(Column::ProjectId.eq(project_id))
        .and_where(Column::Blocker.eq(blocker))
        .and_where(Column::RevokedAt.is_null())
        // One null in the list and `NOT IN` would be true of nothing.
        .and_where(Column::SubjectId.is_not_null())
        .to_owned()
}

/// The waivers in force of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn waivers(conn: &Connection, project_id: ProjectId) -> Result<Vec<readiness_waivers::Model>, Error> {
    use readiness_waivers::Column;
    readiness_waivers::Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::RevokedAt.is_null())
        .all(conn)
        .await
}

/// The defects of one status and one responsible company.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct DefectTally {
    /// The status.
    pub status: DefectStatus,
    /// The company. Absent for defects without a responsible company.
    pub company_id: Option<CompanyId>,
    /// How many.
    pub total: i64,
    /// Those whose due time has passed, or had passed when the clock stopped.
    pub overdue: i64,
    /// Those that are escalated and still alive.
    pub escalated: i64,
    /// Those of the overdue that were never reported fixed.
    pub overdue_unreported: i64,
    /// Those whose first attempt has been judged.
    pub judged: i64,
    /// Those whose first attempt has passed.
    pub passed: i64,
}

/// The defects of a project by status and responsible company.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defects(conn: &Connection, project_id: ProjectId, now: Timestamp) -> Result<Vec<DefectTally>, Error> {
    let (may_be_overdue, alive) = (constants(DefectStatus::MAY_BE_OVERDUE), constants(DefectStatus::ALIVE));
    let late = format!(
        "due_order < $1 AND (clock_stopped_at IS NULL OR due_order < clock_stopped_at) AND status IN ({may_be_overdue})"
    );
    let sql = format!(
        "SELECT status, responsible_company_id AS company_id, COUNT(*) AS total, \
         COUNT(CASE WHEN {late} THEN 1 END) AS overdue, \
         COUNT(CASE WHEN {late} AND attempt_count = 0 THEN 1 END) AS overdue_unreported, \
         COUNT(CASE WHEN escalated_at IS NOT NULL AND status IN ({alive}) THEN 1 END) AS escalated, \
         COUNT(first_attempt_passed) AS judged, \
         COUNT(CASE WHEN first_attempt_passed THEN 1 END) AS passed \
         FROM defects WHERE project_id = $2 GROUP BY status, responsible_company_id"
    );
    let values: [Value; 2] = [now.0.into(), project_id.into()];
    DefectTally::find_by_statement(Statement::from_sql_and_values(conn.get_database_backend(), sql, values))
        .all(conn)
        .await
}

/// So many, and so many of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct Part {
    /// All.
    pub total: i64,
    /// Those that count.
    pub part: i64,
}

/// The first repair attempts of valid defects of a project, and those that were reported in time.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn first_attempts(conn: &Connection, project_id: ProjectId) -> Result<Part, Error> {
    let void = constant(DefectStatus::Void);
    let sql = format!(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN NOT a.late THEN 1 END) AS part \
         FROM repair_attempts a JOIN defects d ON d.id = a.defect_id \
         WHERE a.project_id = $1 AND a.number = 1 AND d.status <> {void}"
    );
    part(conn, &sql, project_id).await
}

/// The verdicts on valid defects of a project, and those that failed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn verdicts(conn: &Connection, project_id: ProjectId) -> Result<Part, Error> {
    let void = constant(DefectStatus::Void);
    let sql = format!(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN NOT v.passed THEN 1 END) AS part \
         FROM verdicts v JOIN defects d ON d.id = v.defect_id \
         WHERE v.project_id = $1 AND d.status <> {void}"
    );
    part(conn, &sql, project_id).await
}

/// The readings of a project's measurements, and those in tolerance.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn readings(conn: &Connection, project_id: ProjectId) -> Result<Part, Error> {
    let length = match conn.get_database_backend() {
        DbBackend::Postgres => "jsonb_array_length(readings)",
        _ => "json_array_length(readings)",
    };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({length}), 0) AS bigint) AS total, \
         CAST(COALESCE(SUM({length} - out_of_tolerance), 0) AS bigint) AS part \
         FROM measurements WHERE project_id = $1"
    );
    part(conn, &sql, project_id).await
}

async fn part(conn: &Connection, sql: &str, project_id: ProjectId) -> Result<Part, Error> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [project_id.into()]);
    Ok(Part::find_by_statement(statement).one(conn).await?.unwrap_or_default())
}
