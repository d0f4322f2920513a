//! Codes that were sent to owners who sign in by a link: the newest of a link, and how many were sent.

use domain::Timestamp;
use domain::id::{PersonId, SignInCodeId, UnitLinkId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, WriteTx};
use crate::entity::sign_in_codes::{Column, Entity, Model};

/// Writes a new code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(tx: &WriteTx, row: Model) -> Result<(), Error> {
    Entity::insert(row.into_active_model()).exec_without_returning(tx).await.map(drop)
}

/// The newest code of a link, whatever its state: a newer one makes those before it useless.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn newest_of_link(conn: &Connection, link_id: UnitLinkId) -> Result<Option<Model>, Error> {
    Entity::find()
        .filter(Column::LinkId.eq(link_id))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(1)
        .one(conn)
        .await
}

/// Counts a guess that is compared with a code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_try(tx: &WriteTx, id: SignInCodeId) -> Result<(), Error> {
    let tried = Entity::update_many().col_expr(Column::Tries, Expr::col(Column::Tries).add(1));
    tried.filter(Column::Id.eq(id)).exec(tx).await.map(drop)
}

/// Uses a code up.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_use(tx: &WriteTx, id: SignInCodeId, now: Timestamp) -> Result<(), Error> {
    let used = Entity::update_many().col_expr(Column::UsedAt, Expr::value(now.0)).filter(Column::Id.eq(id));
    used.exec(tx).await.map(drop)
}

/// When the codes of a person were sent after a moment.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn sent_to_person(conn: &Connection, person_id: PersonId, after: Timestamp) -> Result<Vec<Timestamp>, Error> {
    sent(conn, Column::PersonId.eq(person_id), after).await
}

/// When the codes were sent after a moment that an address asked for.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn sent_for_address(conn: &Connection, address_key: &str, after: Timestamp) -> Result<Vec<Timestamp>, Error> {
    sent(conn, Column::AddressKey.eq(address_key), after).await
}

async fn sent(conn: &Connection, of: Expr, after: Timestamp) -> Result<Vec<Timestamp>, Error> {
    let times: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(of)
        .filter(Column::CreatedAt.gt(after.0))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(times.into_iter().map(Timestamp).collect())
}

/// Removes codes that were sent before a moment. Returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_old(tx: &WriteTx, before: Timestamp) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(before.0)).exec(tx).await?.rows_affected)
}
