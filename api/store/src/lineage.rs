//! The lineage of closed rounds, and the events from which it is made.

use domain::event::EventName;
use domain::id::{DefectId, RoundId, UnitId};
use domain::object_kind::ObjectKind;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::lineage_entries::{Column, Entity, Model};
use crate::entity::{defects, events, rounds, unit_inspections};
use crate::id_in::id_in;
use crate::visibility;

/// Rows in one statement: SQLite takes 32,766 values.
const ROWS: usize = 5_000;

/// Writes entries; those that are there stay as they are.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, rows: Vec<Model>) -> Result<(), Error> {
    let there = OnConflict::columns([Column::RoundId, Column::DefectId]).do_nothing().to_owned();
    for chunk in rows.chunks(ROWS) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(rows).on_conflict(there.clone()).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// The frozen entries of units in rounds with their defects, as far as the caller sees these, by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_units(
    conn: &Connection,
    scope: &VisibilityScope,
    rounds: &[RoundId],
    units: &[UnitId],
) -> Result<Vec<(Model, defects::Model)>, Error> {
    let entries = Entity::find()
        .filter(id_in(conn, Column::RoundId, rounds))
        .filter(id_in(conn, Column::UnitId, units))
        .all(conn)
        .await?;
    let ids: Vec<DefectId> = entries.iter().map(|entry| entry.defect_id).collect();
    let seen = defects::Entity::find()
        .filter(id_in(conn, defects::Column::Id, &ids))
        .filter(visibility::defects(scope))
        .all(conn)
        .await?;
    let seen: std::collections::HashMap<DefectId, defects::Model> = seen.into_iter().map(|row| (row.id, row)).collect();
    let mut found: Vec<(Model, defects::Model)> =
        entries.into_iter().filter_map(|entry| Some((entry.clone(), seen.get(&entry.defect_id)?.clone()))).collect();
    found.sort_by_key(|(_, defect)| defect.number);
    Ok(found)
}

/// Removes the entries of a round that goes on: it is frozen anew when it closes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove(conn: &Connection, round_id: RoundId) -> Result<(), Error> {
    Entity::delete_many().filter(Column::RoundId.eq(round_id)).exec(conn).await.map(drop)
}

/// The closed rounds of all projects whose lineage is not frozen yet.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unfrozen(conn: &Connection) -> Result<Vec<rounds::Model>, Error> {
    rounds::Entity::find()
        .filter(rounds::Column::ClosedAt.is_not_null())
        .filter(rounds::Column::LineageFrozenAt.is_null())
        .order_by_asc(rounds::Column::Id)
        .all(conn)
        .await
}

/// Says that a round's lineage is frozen.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_frozen(conn: &Connection, round_id: RoundId, now: Timestamp) -> Result<(), Error> {
    rounds::Entity::update_many()
        .col_expr(rounds::Column::LineageFrozenAt, Expr::value(now.0))
        .filter(rounds::Column::Id.eq(round_id))
        .exec(conn)
        .await
        .map(drop)
}

/// The unit inspections of a round.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn inspections(conn: &Connection, round_id: RoundId) -> Result<Vec<unit_inspections::Model>, Error> {
    unit_inspections::Entity::find()
        .filter(unit_inspections::Column::RoundId.eq(round_id))
        .order_by_asc(unit_inspections::Column::Id)
        .all(conn)
        .await
}

/// All defects of units, without a visibility scope, by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defects(conn: &Connection, units: &[UnitId]) -> Result<Vec<defects::Model>, Error> {
    defects::Entity::find()
        .filter(id_in(conn, defects::Column::UnitId, units))
        .order_by_asc(defects::Column::Number)
        .all(conn)
        .await
}

/// The events of defects with a status, up to a moment, oldest first, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn status_events(
    conn: &Connection,
    defect_ids: &[DefectId],
    until: Timestamp,
) -> Result<Vec<events::Model>, Error> {
    events::Entity::find()
        .filter(id_in(conn, events::Column::DefectId, defect_ids))
        .filter(events::Column::ObjectKind.eq(ObjectKind::Defect))
        .filter(events::Column::ToStatus.is_not_null())
        .filter(events::Column::RecordedAt.lte(until.0))
        .order_by_asc(events::Column::Seq)
        .order_by_asc(events::Column::Id)
        .all(conn)
        .await
}

/// The events that show a person in one of the units, from after one moment up to another by the devices' clocks,
/// oldest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn presence(
    conn: &Connection,
    units: &[UnitId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<events::Model>, Error> {
    let names = EventName::ALL.iter().copied().filter(|name| name.shows_presence());
    events::Entity::find()
        .filter(id_in(conn, events::Column::UnitId, units))
        .filter(events::Column::Name.is_in(names))
        .filter(events::Column::PersonId.is_not_null())
        .filter(events::Column::OccurredAt.gt(from.0))
        .filter(events::Column::OccurredAt.lte(until.0))
        .order_by_asc(events::Column::OccurredAt)
        .order_by_asc(events::Column::Id)
        .limit(10_000)
        .all(conn)
        .await
}
