//! Unit inspections.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::entity::{rounds, unit_inspections};

/// An inspection of the unit, with its round.
///
/// # Errors
/// When the database fails.
pub async fn of_unit(
    conn: &impl ConnectionTrait,
    unit_id: Uuid,
    id: Uuid,
) -> Result<Option<(unit_inspections::Model, rounds::Model)>, Error> {
    let found =
        unit_inspections::Entity::find_by_id(id).filter(unit_inspections::Column::UnitId.eq(unit_id)).one(conn).await?;
    let Some(inspection) = found else { return Ok(None) };
    let round = rounds::Entity::find_by_id(inspection.round_id).one(conn).await?;
    Ok(round.map(|round| (inspection, round)))
}
