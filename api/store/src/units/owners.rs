//! Who owns units, and who owned them.

use domain::VisibilityScope;
use domain::id::UnitId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::unit_owners;
use crate::id_in::id_in;
use crate::visibility;

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
