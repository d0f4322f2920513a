//! Retired keys of the object store: their objects are being removed, and they are never used again, so that no photo
//! can take a key while its object is deleted.
//!
//! A command that needs a key for a photo and the garbage collection both write the key here first, so that the
//! database makes one of them wait for the other's commit.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::condemned_objects::{Column, Entity, Model};
use crate::entity::photos;
use crate::id_in::text_in;

/// Whether the key is retired.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_key_retired(conn: &Connection, key: &str) -> Result<bool, Error> {
    Ok(Entity::find_by_id(key.to_owned()).one(conn).await?.is_some())
}

/// Reserves a key for a photo until the end of the transaction. Returns whether the key may be used, which is not so if
/// it is retired.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reserve_key(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    if !insert_key(conn, key, now).await? {
        return Ok(false);
    }
    Entity::delete_by_id(key.to_owned()).exec(conn).await?;
    Ok(true)
}

/// Retires a key that no photo uses. Returns whether its object may be removed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn retire_key(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    // A key that is retired already may still have an object, if the machine died in between.
    insert_key(conn, key, now).await?;
    let used = photos::Entity::find().filter(photos::Column::ObjectKey.eq(key)).limit(1).one(conn).await?;
    if used.is_some() {
        Entity::delete_by_id(key.to_owned()).exec(conn).await?;
    }
    Ok(used.is_none())
}

/// Writes the key, unless it is there. Returns whether it was not.
async fn insert_key(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    let row = Model { key: key.to_owned(), condemned_at: now.0 };
    let written = Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok(written == 1)
}

/// Those of the keys that photos use for their originals.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn used_keys(conn: &Connection, keys: &[String]) -> Result<HashSet<String>, Error> {
    let used: Vec<Option<String>> = photos::Entity::find()
        .select_only()
        .column(photos::Column::ObjectKey)
        .filter(Condition::all().add(text_in(conn, photos::Column::ObjectKey, keys)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(used.into_iter().flatten().collect())
}
