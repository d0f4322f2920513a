//! Failed sign-ins, counted by key.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::sign_in_attempts::{Column, Entity, Model};
use crate::id_in::text_in;

/// The counts under these keys; a key without failures has none.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, keys: &[String]) -> Result<Vec<Model>, Error> {
    Entity::find().filter(text_in(conn, Column::Key, keys)).all(conn).await
}

/// The counts under these keys as far as there are any, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_existing(tx: &WriteTx, keys: &[String]) -> Result<Vec<Model>, Error> {
    let select = Entity::find().filter(text_in(tx, Column::Key, keys));
    select.order_by_asc(Column::Key).for_update().all(tx).await
}

/// The count under a key, locked until the transaction ends; a key without failures gets a row of zeros.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock(tx: &WriteTx, key: &str) -> Result<Model, Error> {
    let none = Model { key: key.to_owned(), failures: 0, last_at: 0, blocked_until: 0 };
    let known = OnConflict::column(Column::Key).do_nothing().to_owned();
    Entity::insert(none.clone().into_active_model()).on_conflict(known).exec_without_returning(tx).await?;
    let found = Entity::find_by_id(key.to_owned()).for_update().one(tx).await?;
    Ok(found.unwrap_or(none))
}

/// Writes the count under a key.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(tx: &WriteTx, row: Model) -> Result<(), Error> {
    let replaced = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::LastAt, Column::BlockedUntil])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replaced).exec_without_returning(tx).await?;
    Ok(())
}

/// Removes the count under a key.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove(tx: &WriteTx, key: &str) -> Result<(), Error> {
    Entity::delete_by_id(key.to_owned()).exec(tx).await?;
    Ok(())
}

/// Removes the counts whose last failure is older than `before`, and those of at most `few` failures whose last one is
/// older than `few_before`. Returns how many were removed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_old(tx: &WriteTx, before: i64, few: i32, few_before: i64) -> Result<u64, Error> {
    let old_and_few = Condition::all().add(Column::Failures.lte(few)).add(Column::LastAt.lt(few_before));
    let old = Condition::any().add(Column::LastAt.lt(before)).add(old_and_few);
    Ok(Entity::delete_many().filter(old).exec(tx).await?.rows_affected)
}
