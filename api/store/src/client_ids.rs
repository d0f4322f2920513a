//! Ids made by clients, each with its use.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::client_ids::{Column, Entity, Model};

/// Reserves an id; returns the earlier reservation if there is one.
///
/// A concurrent reservation of the same id waits until the first one commits or is rolled back.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reserve(conn: &Connection, row: Model) -> Result<Option<Model>, Error> {
    let id = row.id;
    let known = OnConflict::column(Column::Id).do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(conn).await?;
    if inserted == 1 { Ok(None) } else { Ok(Entity::find_by_id(id).one(conn).await?) }
}

/// Replaces the fingerprint of a reservation.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn replace(conn: &Connection, id: Uuid, fingerprint: Vec<u8>) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Fingerprint, fingerprint.into())
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}
