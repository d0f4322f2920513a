//! The annotations of photos.

use domain::Timestamp;
use domain::id::{DeviceId, PersonId, PhotoId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde_json::Value;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::photos::{Column, Entity, Model};

/// Locks a photo until the transaction ends, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_for_update(conn: &Connection, id: PhotoId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).for_update().one(conn).await
}

/// Replaces the annotation of a photo, and raises its version; the annotated picture is still to be made. `drawn` holds
/// the version that this makes, the person and the device.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_markup(
    conn: &Connection,
    id: PhotoId,
    markup: Option<Value>,
    by: Option<PersonId>,
    at: Option<Timestamp>,
    drawn: (i32, PersonId, Option<DeviceId>),
) -> Result<(), Error> {
    let (drawn_in, drawn_by, drawn_device) = drawn;
    Entity::update_many()
        .col_expr(Column::Markup, markup.into())
        .col_expr(Column::MarkupBy, by.into())
        .col_expr(Column::MarkupAt, at.map(|at| at.0).into())
        .col_expr(Column::DrawnIn, drawn_in.into())
        .col_expr(Column::DrawnBy, drawn_by.into())
        .col_expr(Column::DrawnDevice, drawn_device.into())
        .col_expr(Column::MarkedKey, Option::<String>::None.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Stores the key of the annotated rendition. The photo must be locked, so that its markup is the one that was drawn.
///
/// The version stays, because the markup that the next person draws over has not changed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_annotated_key(conn: &Connection, id: PhotoId, marked_key: String) -> Result<(), Error> {
    Entity::update_many().col_expr(Column::MarkedKey, marked_key.into()).filter(Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
