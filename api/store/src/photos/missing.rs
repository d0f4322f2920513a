//! Photos that were announced and have not arrived.

use domain::photo::PhotoState;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::entity::defects;
use crate::entity::photos::{Column, Entity};

/// The photos of units that were declared and have not arrived, as (unit, photo). Those of void defects are missed by
/// nobody.
///
/// # Errors
/// When the database fails.
pub async fn missing_of_units(conn: &impl ConnectionTrait, unit_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let void = Query::select()
        .column(defects::Column::Id)
        .from(defects::Entity)
        .and_where(defects::Column::Status.eq("VOID"))
        .and_where(among(conn, defects::Column::UnitId, unit_ids))
        .to_owned();
    Entity::find()
        .select_only()
        .column(Column::UnitId)
        .column(Column::Id)
        .filter(among(conn, Column::UnitId, unit_ids))
        .filter(Column::State.eq(PhotoState::Declared.as_str()))
        .filter(Column::DefectId.not_in_subquery(void))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(conn)
        .await
}
