//! From state to state. Each step is one conditional update, so that of two who take it at once one does and the other
//! learns that it was done.

use domain::Timestamp;
use domain::id::{AttemptId, DefectId, PersonId, PhotoId};
use domain::photo::{PhotoRejection, PhotoStage, PhotoState, PhotoType};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, UpdateMany};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::photos::{Column, Entity};
use crate::id_in::id_in;

use super::UNUSABLE;

/// The states in which the bytes may still come.
const AWAITING: [PhotoState; 2] = [PhotoState::Declared, PhotoState::WrittenOff];

/// The states of photos whose bytes are judged.
const JUDGED: [PhotoState; 2] = [PhotoState::Received, PhotoState::Rejected];

/// Sets the key to which the bytes of a declared photo are uploaded; `None` discards a wrong upload. Returns whether
/// the photo was still waiting for its bytes, under the key `before`.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_staging_key(
    conn: &Connection,
    id: PhotoId,
    before: Option<&str>,
    now_at: Option<String>,
) -> Result<bool, Error> {
    let mut update = Entity::update_many()
        .col_expr(Column::StagingKey, now_at.into())
        .col_expr(Column::MultipartId, Option::<String>::None.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(AWAITING.map(PhotoState::as_str)));
    update = match before {
        Some(key) => update.filter(Column::StagingKey.eq(key)),
        None => update.filter(Column::StagingKey.is_null()),
    };
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Stores the id of an upload in parts to the key `at`. Returns whether the photo still waits for its bytes there.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn begin_parts(conn: &Connection, id: PhotoId, at: &str, upload_id: String) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::MultipartId, upload_id.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(AWAITING.map(PhotoState::as_str)))
        .filter(Column::StagingKey.eq(at));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// The bytes have arrived: `DECLARED` or `WRITTEN_OFF` → `RECEIVED`. Returns whether that was so.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_received(conn: &Connection, id: PhotoId, object_key: String, now: Timestamp) -> Result<bool, Error> {
    let update = transition(id, &AWAITING, PhotoState::Received)
        .col_expr(Column::ObjectKey, object_key.into())
        .col_expr(Column::StagingKey, Option::<String>::None.into())
        .col_expr(Column::MultipartId, Option::<String>::None.into())
        .col_expr(Column::ReceivedAt, now.0.into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Where a photo's renditions lie, and how large the original is when it stands upright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The key of the small rendition.
    pub thumb_key: String,
    /// The key of the large one.
    pub large_key: String,
    /// The key of the copy without metadata; the original's own where that has none.
    pub stripped_key: String,
    /// Pixels across.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
    /// A blurred picture of some twenty bytes (ThumbHash), shown until the photo is loaded.
    pub placeholder: Option<Vec<u8>>,
    /// The media type that its bytes have.
    pub content_type: PhotoType,
    /// Whether some of its pixels are lost.
    pub damaged: bool,
    /// What the camera wrote into it.
    pub camera: Camera,
}

/// What a camera wrote into a file, but for the place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Camera {
    /// When it was taken by the camera's clock, as `2026-03-02T08:15:00`: of no known time zone.
    pub taken_local: Option<String>,
    /// Minutes by which that clock was ahead of UTC, if the camera says so.
    pub taken_offset: Option<i32>,
    /// Maker and model.
    pub device: Option<String>,
    /// How the camera was held: 1 to 8 as EXIF counts.
    pub orientation: Option<i32>,
}

/// The renditions are made: `RECEIVED` → `READY`, or `REJECTED` by an older reader. Returns whether that was so.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn make_ready(conn: &Connection, id: PhotoId, rendered: Rendered, now: Timestamp) -> Result<bool, Error> {
    let update = transition(id, &JUDGED, PhotoState::Ready)
        .col_expr(Column::ReadyAt, now.0.into())
        .col_expr(Column::Rejection, Option::<PhotoRejection>::None.into());
    Ok(with_renditions(update, rendered).exec(conn).await?.rows_affected == 1)
}

/// Replaces the renditions of a ready photo, and the data read from the original.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn replace_renditions(conn: &Connection, id: PhotoId, rendered: Rendered) -> Result<(), Error> {
    let update = Entity::update_many().filter(Column::Id.eq(id)).filter(Column::State.eq(PhotoState::Ready));
    with_renditions(update, rendered).exec(conn).await?;
    Ok(())
}

/// Notes when the WebP renditions of a photo's original were made.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_webp_time(conn: &Connection, id: PhotoId, object_key: &str, now: Timestamp) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::WebpAt, now.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::ObjectKey.eq(object_key))
        .exec(conn)
        .await?;
    Ok(())
}

/// Sets the key of the copy without metadata, of all photos with this original.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_stripped_key(conn: &Connection, object_key: &str, stripped_key: &str) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::StrippedKey, stripped_key.to_owned().into())
        .filter(Column::ObjectKey.eq(object_key))
        .filter(Column::State.eq(PhotoState::Ready))
        .exec(conn)
        .await?;
    Ok(())
}

fn with_renditions(update: UpdateMany<Entity>, rendered: Rendered) -> UpdateMany<Entity> {
    let update = update
        .col_expr(Column::ThumbKey, rendered.thumb_key.into())
        .col_expr(Column::LargeKey, rendered.large_key.into())
        .col_expr(Column::StrippedKey, rendered.stripped_key.into())
        .col_expr(Column::Width, rendered.width.into())
        .col_expr(Column::Height, rendered.height.into())
        .col_expr(Column::Placeholder, rendered.placeholder.into())
        .col_expr(Column::ContentType, rendered.content_type.into())
        .col_expr(Column::Damaged, rendered.damaged.into());
    with_camera(update, rendered.camera)
}

/// The bytes are kept as they are: `RECEIVED` → `KEPT`, or `REJECTED` by an older reader. Returns whether that was so.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn accept_original(
    conn: &Connection,
    id: PhotoId,
    camera: Camera,
    (content_type, duration_ms): (PhotoType, Option<i32>),
) -> Result<bool, Error> {
    let update = transition(id, &JUDGED, PhotoState::Kept)
        .col_expr(Column::DurationMs, duration_ms.into())
        .col_expr(Column::ContentType, content_type.into())
        .col_expr(Column::Rejection, Option::<PhotoRejection>::None.into());
    Ok(with_camera(update, camera).exec(conn).await?.rows_affected == 1)
}

fn with_camera(update: UpdateMany<Entity>, camera: Camera) -> UpdateMany<Entity> {
    update
        .col_expr(Column::TakenLocal, camera.taken_local.into())
        .col_expr(Column::TakenOffset, camera.taken_offset.into())
        .col_expr(Column::Camera, camera.device.into())
        .col_expr(Column::Orientation, camera.orientation.into())
}

/// The missing bytes are written off: `DECLARED` or `REJECTED` → `WRITTEN_OFF`. Returns whether that was so.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn write_off(
    conn: &Connection,
    id: PhotoId,
    by: PersonId,
    reason: String,
    now: Timestamp,
) -> Result<bool, Error> {
    let update = transition(id, &[PhotoState::Declared, PhotoState::Rejected], PhotoState::WrittenOff)
        .col_expr(Column::WrittenOffAt, now.0.into())
        .col_expr(Column::WrittenOffBy, by.into())
        .col_expr(Column::WriteOffReason, reason.into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// The bytes cannot be used: `RECEIVED` → `REJECTED`. Returns whether that was so.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reject(conn: &Connection, id: PhotoId, why: PhotoRejection, reader_version: i32) -> Result<bool, Error> {
    let update = transition(id, &[PhotoState::Received], PhotoState::Rejected)
        .col_expr(Column::Rejection, why.into())
        .col_expr(Column::ReaderVersion, reader_version.into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Notes that this version of the reader rejected the photo again.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_reader_version(conn: &Connection, id: PhotoId, reader_version: i32) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::ReaderVersion, reader_version.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PhotoState::Rejected))
        .exec(conn)
        .await?;
    Ok(())
}

fn transition(id: PhotoId, from: &[PhotoState], to: PhotoState) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, to.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(from.iter().copied()))
}

/// Makes after-photos of a defect those of a repair attempt; returns how many could be taken: of this defect, declared
/// as after-photos, not rejected, and of no attempt yet.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn attach_to_attempt(
    conn: &Connection,
    defect_id: DefectId,
    attempt_id: AttemptId,
    photo_ids: &[PhotoId],
) -> Result<u64, Error> {
    if photo_ids.is_empty() {
        return Ok(0);
    }
    let done = Entity::update_many()
        .col_expr(Column::AttemptId, attempt_id.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(id_in(conn, Column::Id, photo_ids))
        .filter(Column::DefectId.eq(defect_id))
        .filter(Column::Stage.eq(PhotoStage::After))
        .filter(Column::State.is_not_in(UNUSABLE.map(PhotoState::as_str)))
        .filter(Column::AttemptId.is_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected)
}
