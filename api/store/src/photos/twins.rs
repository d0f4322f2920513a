//! The same bytes, uploaded or made smaller for another photo: they are kept once in a project.

use domain::photo::PhotoState;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::progress::{Camera, Rendered};
use crate::Error;
use crate::db::Connection;
use crate::entity::photos::{Column, Entity, Model};

/// Where the same bytes already lie, checked, for another photo of the project that the same person, or somebody of the
/// same company, has uploaded. Whoever only knows the hash of others' bytes has to upload them.
///
/// # Errors
/// When the database fails.
pub async fn stored_twin(conn: &Connection, photo: &Model) -> Result<Option<String>, Error> {
    let own = Condition::any()
        .add(Column::PersonId.eq(photo.person_id))
        .add_option(photo.company_id.map(|company_id| Column::CompanyId.eq(company_id)));
    let twin: Option<Option<String>> = Entity::find()
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
    Ok(twin.flatten())
}

/// The renditions of the same original, made for another photo. Of the same bytes at another place they are no use: they
/// go when that place is condemned.
///
/// # Errors
/// When the database fails.
pub async fn rendered_twin(conn: &Connection, project_id: Uuid, object_key: &str) -> Result<Option<Rendered>, Error> {
    let twin = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::ObjectKey.eq(object_key))
        .filter(Column::State.eq(PhotoState::Ready.as_str()))
        .limit(1)
        .one(conn)
        .await?;
    Ok(twin.and_then(|twin| {
        let (thumb_key, large_key, stripped_key) = (twin.thumb_key?, twin.large_key?, twin.stripped_key?);
        Some(Rendered {
            thumb_key,
            large_key,
            stripped_key,
            width: twin.width?,
            height: twin.height?,
            placeholder: twin.placeholder,
            content_type: twin.content_type,
            damaged: twin.damaged,
            camera: Camera {
                taken_local: twin.taken_local,
                taken_offset: twin.taken_offset,
                device: twin.camera,
                orientation: twin.orientation,
            },
        })
    }))
}
