//! Places in the object store whose objects are being removed: they are never used again, so that no photo can take one
//! at the moment when it goes.
//!
//! Whoever wants a place for a photo and whoever wants it gone both write its key here first; the database lets one of
//! them wait for the other's end.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::Error;
use crate::among::among_texts;
use crate::db::Connection;
use crate::entity::condemned_objects::{Column, Entity, Model};
use crate::entity::photos;

/// Whether the place is condemned.
///
/// # Errors
/// When the database fails.
pub async fn is_condemned(conn: &Connection, key: &str) -> Result<bool, Error> {
    Ok(Entity::find_by_id(key.to_owned()).one(conn).await?.is_some())
}

/// Secures a place for a photo until the end of the transaction. Answers whether it may be used: not if it is condemned.
///
/// # Errors
/// When the database fails.
pub async fn secure(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    if !take(conn, key, now).await? {
        return Ok(false);
    }
    Entity::delete_by_id(key.to_owned()).exec(conn).await?;
    Ok(true)
}

/// Condemns a place that no photo uses. Answers whether its object may be removed.
///
/// # Errors
/// When the database fails.
pub async fn condemn(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    // A place that is condemned already may still hold an object, if the machine died in between.
    take(conn, key, now).await?;
    let used = photos::Entity::find().filter(photos::Column::ObjectKey.eq(key)).limit(1).one(conn).await?;
    if used.is_some() {
        Entity::delete_by_id(key.to_owned()).exec(conn).await?;
    }
    Ok(used.is_none())
}

/// Writes the key, unless it is there. Answers whether it was not.
async fn take(conn: &Connection, key: &str, now: Timestamp) -> Result<bool, Error> {
    let row = Model { key: key.to_owned(), condemned_at: now.0 };
    let written = Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok(written == 1)
}

/// Those of the places that photos use, for their originals.
///
/// # Errors
/// When the database fails.
pub async fn used_among(conn: &Connection, keys: &[String]) -> Result<HashSet<String>, Error> {
    let used: Vec<Option<String>> = photos::Entity::find()
        .select_only()
        .column(photos::Column::ObjectKey)
        .filter(Condition::all().add(among_texts(conn, photos::Column::ObjectKey, keys)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(used.into_iter().flatten().collect())
}
