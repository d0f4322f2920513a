//! Who owns units, and who owned them.

use domain::id::UnitId;
use domain::{Timestamp, VisibilityScope};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::unit_owners;
use crate::id_in::id_in;
use crate::visibility;

/// Ownerships that count at a moment: those that have not ended, and of proxies those whose power has begun and has not
/// ended by its own days.
#[must_use]
pub fn counting(now: Timestamp) -> Condition {
    use unit_owners::Column;
    Condition::all()
        .add(Column::Active.eq(true))
        .add(Condition::any().add(Column::CountsFrom.is_null()).add(Column::CountsFrom.lte(now.0)))
        .add(Condition::any().add(Column::CountsUntil.is_null()).add(Column::CountsUntil.gt(now.0)))
}

/// Whether an ownership counts at a moment, as [`counting`] has it.
#[must_use]
pub fn counts(row: &unit_owners::Model, now: Timestamp) -> bool {
    row.active && row.counts_from.is_none_or(|from| from <= now.0) && row.counts_until.is_none_or(|until| until > now.0)
}

/// The ownerships of units that count at a moment, for the server itself.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn counting_of(
    conn: &Connection,
    unit_ids: &[UnitId],
    now: Timestamp,
) -> Result<Vec<unit_owners::Model>, Error> {
    unit_owners::Entity::find()
        .filter(id_in(conn, unit_owners::Column::UnitId, unit_ids))
        .filter(counting(now))
        .order_by_asc(unit_owners::Column::UnitId)
        .order_by_asc(unit_owners::Column::Id)
        .all(conn)
        .await
}

/// The present owners of units, for those who may see them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owners_of(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_ids: &[UnitId],
) -> Result<Vec<unit_owners::Model>, Error> {
    use unit_owners::Column;
    unit_owners::Entity::find()
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(Column::Active.eq(true))
        .filter(visibility::owners(scope, Column::ProjectId))
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// The former owners of units, the last one first, for those who may see owners.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn former_owners_of(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_ids: &[UnitId],
) -> Result<Vec<unit_owners::Model>, Error> {
    use unit_owners::Column;
    unit_owners::Entity::find()
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .filter(Column::Active.eq(false))
        .filter(visibility::owners(scope, Column::ProjectId))
        .order_by_desc(Column::EndedAt)
        .order_by_desc(Column::Id)
        .all(conn)
        .await
}

/// Those of the units that have an owner.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owned_among(conn: &Connection, ids: &[UnitId]) -> Result<Vec<UnitId>, Error> {
    unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::UnitId)
        .distinct()
        .filter(id_in(conn, unit_owners::Column::UnitId, ids))
        .filter(unit_owners::Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await
}
