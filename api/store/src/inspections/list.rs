//! The unit inspections of a round: a page of them in the order of a walk, and how many there are of each status.

use domain::VisibilityScope;
use domain::id::{BuildingId, RoundId, UnitId};
use domain::inspection::InspectionStatus;
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::unit_inspections::{Column, Entity, Model};
use crate::entity::units;
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// The name of a round's list of unit inspections inside cursors.
pub const LIST: &str = "inspections:place";

/// The filter of the list; empty lists mean any, fields are ANDed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In these statuses.
    pub statuses: Vec<InspectionStatus>,
    /// In these buildings.
    pub buildings: Vec<BuildingId>,
    /// Of these units.
    pub units: Vec<UnitId>,
}

impl Filter {
    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        if !self.statuses.is_empty() {
            all = all.add(Column::Status.is_in(self.statuses.iter().copied()));
        }
        if !self.buildings.is_empty() {
            all = all.add(units::Column::BuildingId.is_in(self.buildings.iter().copied()));
        }
        if !self.units.is_empty() {
            all = all.add(Column::UnitId.is_in(self.units.iter().copied()));
        }
        all
    }
}

/// A page of a round's unit inspections by place: building, entrance, floor, unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    round_id: RoundId,
    filter: &Filter,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let unit: RelationDef = Entity::belongs_to(units::Entity).from(Column::UnitId).to(units::Column::Id).into();
    let direction = reading_order(request, false);
    let rows = Entity::find()
        .join(JoinType::InnerJoin, unit)
        .select_also(units::Entity)
        .filter(Column::RoundId.eq(round_id))
        .filter(visibility::inspections(scope))
        .filter(filter.condition())
        .filter(within(request, false, units::Column::PlaceOrder, Column::Id))
        .order_by(units::Column::PlaceOrder, direction.clone())
        .order_by(Column::Id, direction)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let placed = rows
        .into_iter()
        .map(|(row, unit)| (Cursor { sort: unit.map_or(0, |unit| unit.place_order), id: row.id.uuid() }, row))
        .collect();
    Ok(Page::of(request, placed))
}

/// How many unit inspections of each round have each status.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn counts_of(
    conn: &Connection,
    scope: &VisibilityScope,
    rounds: &[RoundId],
) -> Result<Vec<(RoundId, InspectionStatus, i64)>, Error> {
    Entity::find()
        .select_only()
        .column(Column::RoundId)
        .column(Column::Status)
        .column_as(Column::Id.count(), "inspections")
        .filter(id_in(conn, Column::RoundId, rounds))
        .filter(visibility::inspections(scope))
        .group_by(Column::RoundId)
        .group_by(Column::Status)
        .into_tuple()
        .all(conn)
        .await
}
