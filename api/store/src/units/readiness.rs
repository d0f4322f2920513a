//! The facts that decide the readiness of units, read for many units at once. The caller has checked that the units are
//! visible.

use domain::VisibilityScope;
use domain::defect::{DefectStatus, Severity};
use domain::id::{DefectId, InspectionId, ProjectId, RoundId, UnitId, WaiverId};
use domain::inspection::InspectionStatus;
use domain::round::RoundStatus;
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::{defects, readiness_waivers, rounds, unit_inspections};
use crate::id_in::id_in;
use crate::visibility;

/// The inspection of a unit in a round that is open or closed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct InspectionRow {
    /// The unit.
    pub unit_id: UnitId,
    /// The unit inspection.
    pub inspection_id: InspectionId,
    /// How far it has come.
    pub status: InspectionStatus,
    /// The round.
    pub round_id: RoundId,
    /// The round's number.
    pub number: i32,
    /// Its stage.
    pub stage: String,
    /// Its status.
    pub round_status: RoundStatus,
}

/// Which inspections are read.
pub(crate) enum Of<'a> {
    /// Those of these units.
    Units(&'a [UnitId]),
    /// All of a project.
    Project(ProjectId),
}

/// The inspections of units in rounds that are open or closed, by the number of the round.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn inspections(conn: &Connection, unit_ids: &[UnitId]) -> Result<Vec<InspectionRow>, Error> {
    inspections_of(conn, Of::Units(unit_ids)).await
}

pub(crate) async fn inspections_of(conn: &Connection, of: Of<'_>) -> Result<Vec<InspectionRow>, Error> {
    use sea_orm::sea_query::{Alias, Expr, ExprTrait};
    let inspection = |column| Expr::col((unit_inspections::Entity, column));
    let round = |column| Expr::col((rounds::Entity, column));
    let mut select = Query::select();
    select
        .column((unit_inspections::Entity, unit_inspections::Column::UnitId))
        .expr_as(inspection(unit_inspections::Column::Id), Alias::new("inspection_id"))
        .column((unit_inspections::Entity, unit_inspections::Column::Status))
        .column((unit_inspections::Entity, unit_inspections::Column::RoundId))
        .column((rounds::Entity, rounds::Column::Number))
        .column((rounds::Entity, rounds::Column::Stage))
        .expr_as(round(rounds::Column::Status), Alias::new("round_status"))
        .from(unit_inspections::Entity)
        .inner_join(
            rounds::Entity,
            round(rounds::Column::Id).equals((unit_inspections::Entity, unit_inspections::Column::RoundId)),
        )
        .and_where(round(rounds::Column::Status).ne(RoundStatus::Draft))
        .order_by((rounds::Entity, rounds::Column::Number), sea_orm::Order::Asc);
    match of {
        Of::Units(ids) => select.and_where(inspection(unit_inspections::Column::UnitId).is_in(ids.iter().copied())),
        Of::Project(id) => select.and_where(inspection(unit_inspections::Column::ProjectId).eq(id)),
    };
    InspectionRow::find_by_statement(conn.get_database_backend().build(&select)).all(conn).await
}

/// A defect that may block delivery: whether it does is the project's policy.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct AliveDefect {
    /// The defect.
    pub id: DefectId,
    /// Its unit.
    pub unit_id: UnitId,
    /// Its number in the project.
    pub number: i64,
    /// Its severity.
    pub severity: Severity,
}

/// The defects of units that are alive and of any of the severities, by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn alive_defects(
    conn: &Connection,
    unit_ids: &[UnitId],
    severities: &[Severity],
) -> Result<Vec<AliveDefect>, Error> {
    use defects::Column;
    defects::Entity::find()
        .select_only()
        .columns([Column::Id, Column::UnitId, Column::Number, Column::Severity])
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(Column::Status.is_in(DefectStatus::ALIVE.iter().copied()))
        .filter(Column::Severity.is_in(severities.iter().copied()))
        .order_by_asc(Column::Number)
        .into_model()
        .all(conn)
        .await
}

/// Those of the defects that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn seen_defects(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[DefectId],
) -> Result<Vec<DefectId>, Error> {
    defects::Entity::find()
        .select_only()
        .column(defects::Column::Id)
        .filter(id_in(conn, defects::Column::Id, ids))
        .filter(visibility::defects(scope))
        .into_tuple()
        .all(conn)
        .await
}

/// The waivers of units that are in force, oldest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn waivers(conn: &Connection, unit_ids: &[UnitId]) -> Result<Vec<readiness_waivers::Model>, Error> {
    use readiness_waivers::Column;
    readiness_waivers::Entity::find()
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// A waiver of a project that the caller is staff of, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn waiver_for_update(
    conn: &Connection,
    scope: &VisibilityScope,
    id: WaiverId,
) -> Result<Option<readiness_waivers::Model>, Error> {
    readiness_waivers::Entity::find_by_id(id)
        .filter(readiness_waivers::Column::ProjectId.is_in(scope.projects.iter().copied()))
        .for_update()
        .one(conn)
        .await
}

/// Writes a new waiver.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_waiver(conn: &Connection, row: readiness_waivers::Model) -> Result<(), Error> {
    readiness_waivers::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a changed waiver.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_waiver(conn: &Connection, row: readiness_waivers::Model) -> Result<(), Error> {
    let id = row.id;
    readiness_waivers::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(readiness_waivers::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}
