//! Photos that were announced and have not arrived.

use domain::VisibilityScope;
use domain::defect::DefectStatus;
use domain::id::{AttemptId, DeviceId, InspectionId, PersonId, PhotoId, ProjectId, UnitId};
use domain::photo::PhotoState;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Statement,
};

use crate::Error;
use crate::boxed;
use crate::constants::constant;
use crate::db::Connection;
use crate::entity::defects;
use crate::entity::photos::{self, Column, Entity, Model};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::photos::UNUSABLE;
use crate::visibility;

/// Which missing photos; empty means all, several of one kind mean any of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingFilter {
    /// Of these units.
    pub units: Vec<UnitId>,
    /// Of defects that were found in these unit inspections.
    pub inspections: Vec<InspectionId>,
    /// Held by these devices.
    pub devices: Vec<DeviceId>,
    /// Announced by these people.
    pub people: Vec<PersonId>,
}

/// A page of a project's missing photos that the caller may see, the longest missed first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    filter: &MissingFilter,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(request, false);
    let rows = missing_condition(conn, scope, project_id, filter)
        .filter(within(request, false, Column::DeclaredAt, Column::Id))
        .order_by(Column::DeclaredAt, order.clone())
        .order_by(Column::Id, order)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let place = |photo: &Model| Cursor { sort: photo.declared_at, id: photo.id.uuid() };
    Ok(Page::of(request, rows.into_iter().map(|photo| (place(&photo), photo)).collect()))
}

/// How many of a project's photos are missing.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_count(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    filter: &MissingFilter,
) -> Result<u64, Error> {
    missing_condition(conn, scope, project_id, filter).count(conn).await
}

fn missing_condition(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    filter: &MissingFilter,
) -> Select<Entity> {
    let mut select = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::State.eq(PhotoState::Declared))
        .filter(Condition::any().add(of_defect(conn, scope, &filter.inspections)).add(of_signature(scope, filter)));
    if !filter.units.is_empty() {
        select = select.filter(id_in(conn, Column::UnitId, &filter.units));
    }
    if !filter.devices.is_empty() {
        select = select.filter(id_in(conn, Column::DeviceId, &filter.devices));
    }
    if !filter.people.is_empty() {
        select = select.filter(id_in(conn, Column::PersonId, &filter.people));
    }
    if !filter.devices.is_empty() || !filter.people.is_empty() {
        // A filter finds by person and device only where the fields tell them, or it would tell what they do not.
        select = select.filter(visibility::people(scope, Column::PersonId));
    }
    select
}

/// Photos of a defect that the caller sees and that is not void: photos of void defects do not count as missing.
fn of_defect(conn: &Connection, scope: &VisibilityScope, inspections: &[InspectionId]) -> Condition {
    let mut seen = Query::select();
    seen.expr(Expr::val(1))
        .from(defects::Entity)
        .and_where(Expr::col((defects::Entity, defects::Column::Id)).equals((photos::Entity, Column::DefectId)))
        .and_where(defects::Column::Status.ne(DefectStatus::Void))
        .cond_where(visibility::defects(scope));
    if !inspections.is_empty() {
        seen.cond_where(id_in(conn, defects::Column::InspectionId, inspections));
    }
    Condition::all().add(SimpleExpr::from(Expr::exists(seen))).add(visibility::photos_of_seen(scope))
}

/// A signature, as [`visibility::signature`] shows it; none belongs to an inspection before it is signed.
fn of_signature(scope: &VisibilityScope, filter: &MissingFilter) -> Condition {
    if !filter.inspections.is_empty() {
        return Condition::all().add(Expr::cust("1 = 0"));
    }
    Condition::all().add(Column::DefectId.is_null()).add(visibility::signatures(scope))
}

/// The photos of units that were declared and have not arrived, as (unit, photo). Photos of void defects do not count.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_of_units(conn: &Connection, unit_ids: &[UnitId]) -> Result<Vec<(UnitId, PhotoId)>, Error> {
    let void = Query::select()
        .column(defects::Column::Id)
        .from(defects::Entity)
        .and_where(defects::Column::Status.eq(DefectStatus::Void))
        .and_where(id_in(conn, defects::Column::UnitId, unit_ids))
        .to_owned();
    Entity::find()
        .select_only()
        .column(Column::UnitId)
        .column(Column::Id)
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(Column::State.eq(PhotoState::Declared))
        .filter(Column::DefectId.not_in_subquery(void))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(conn)
        .await
}

/// How many after-photos of a repair attempt were declared and have not arrived.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_of_attempt(conn: &Connection, attempt_id: AttemptId) -> Result<u64, Error> {
    Entity::find()
        .filter(Column::AttemptId.eq(attempt_id))
        .filter(Column::State.eq(PhotoState::Declared))
        .count(conn)
        .await
}

/// Whether a repair attempt had photos, and all of them were withdrawn or rejected.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_without_evidence(conn: &Connection, attempt_id: AttemptId) -> Result<bool, Error> {
    let of_attempt = || Entity::find().filter(Column::AttemptId.eq(attempt_id));
    let usable = of_attempt().filter(Column::State.is_not_in(UNUSABLE.map(PhotoState::as_str)));
    Ok(usable.count(conn).await? == 0 && of_attempt().count(conn).await? > 0)
}

/// Photos that one person declared from one device, or without naming any, and that have not arrived, of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct MissingOfDevice {
    /// The device; none where the declaration names none.
    pub device_id: Option<DeviceId>,
    /// Who declared them.
    pub person_id: PersonId,
    /// The unit; none for signatures.
    pub unit_id: Option<UnitId>,
    /// How many.
    pub count: i64,
    /// Their bytes.
    pub bytes: i64,
    /// When the newest of them was declared.
    pub declared_at: i64,
}

/// The numbers of photos declared in a project that have not arrived, by device, person and unit. Photos of void
/// defects do not count.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_of_devices(conn: &Connection, project_id: ProjectId) -> Result<Vec<MissingOfDevice>, Error> {
    let (declared, void) = (constant(PhotoState::Declared), constant(DefectStatus::Void));
    let sql = format!(
        "SELECT p.device_id, p.person_id, p.unit_id, COUNT(*) AS count, CAST(SUM(p.byte_size) AS bigint) AS bytes, \
         MAX(p.declared_at) AS declared_at FROM photos p LEFT JOIN defects d ON d.id = p.defect_id \
         WHERE p.project_id = $1 AND p.state = {declared} \
         AND (d.status IS NULL OR d.status <> {void}) GROUP BY p.device_id, p.person_id, p.unit_id"
    );
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [project_id.into()]);
    MissingOfDevice::find_by_statement(statement).all(conn).await
}
