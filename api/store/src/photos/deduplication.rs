//! Deduplication: the same original, and its renditions, are stored once in a project.

use domain::id::ProjectId;
use domain::photo::PhotoState;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::state::{Camera, Rendered};
use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::photos::{Column, Entity, Model};

/// The key of the same bytes, if the same person or a person of the same company has uploaded them for another photo of
/// the project. A client that only knows the hash of other people's bytes has to upload them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_same_content(conn: &Connection, photo: &Model) -> Result<Option<String>, Error> {
    let own = Condition::any()
        .add(Column::PersonId.eq(photo.person_id))
        .add_option(photo.company_id.map(|company_id| Column::CompanyId.eq(company_id)));
    let same: Option<Option<String>> = Entity::find()
        .select_only()
        .column(Column::ObjectKey)
        .filter(Column::ProjectId.eq(photo.project_id))
        .filter(Column::Sha256.eq(photo.sha256.clone()))
        .filter(Column::ByteSize.eq(photo.byte_size))
        .filter(own)
        .filter(Column::ObjectKey.is_not_null())
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(same.flatten())
}

/// The renditions of the same original, made for another photo. Renditions of the same bytes under another key are not
/// used, because they go when that key is retired.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_same_renditions(
    conn: &Connection,
    project_id: ProjectId,
    object_key: &str,
) -> Result<Option<Rendered>, Error> {
    let same = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::ObjectKey.eq(object_key))
        .filter(Column::State.eq(PhotoState::Ready))
        .limit(1)
        .one(conn)
        .await?;
    Ok(same.and_then(|same| {
        let (thumb_key, large_key, stripped_key) = (same.thumb_key?, same.large_key?, same.stripped_key?);
        Some(Rendered {
            thumb_key,
            large_key,
            stripped_key,
            width: same.width?,
            height: same.height?,
            placeholder: same.placeholder,
            content_type: same.content_type,
            damaged: same.damaged,
            camera: Camera {
                taken_local: same.taken_local,
                taken_offset: same.taken_offset,
                device: same.camera,
                orientation: same.orientation,
            },
        })
    }))
}
