//! The last version that changed each field of a defect, so that a device with an older version can learn whether the
//! same field was changed meanwhile.

use domain::Timestamp;
use domain::id::{DefectId, DeviceId, PersonId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::defect_fields::{Column, Entity, Model};

/// The fields that changed after a version.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn changed_since(conn: &Connection, defect_id: DefectId, version: i32) -> Result<Vec<Model>, Error> {
    Entity::find().filter(Column::DefectId.eq(defect_id)).filter(Column::Version.gt(version)).all(conn).await
}

/// Writes that these fields changed in this version; `shown` is the same version as owners read it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_fields(
    conn: &Connection,
    defect_id: DefectId,
    fields: &[&str],
    (version, shown): (i32, i32),
    by: (Option<PersonId>, Option<DeviceId>),
    now: Timestamp,
) -> Result<(), Error> {
    if fields.is_empty() {
        return Ok(());
    }
    let rows = fields.iter().map(|field| {
        let (person_id, device_id) = by;
        let field = (*field).to_owned();
        let (recorded_at, shown_version) = (now.0, Some(shown));
        Model { defect_id, field, version, person_id, device_id, recorded_at, shown_version }.into_active_model()
    });
    let newer = OnConflict::columns([Column::DefectId, Column::Field])
        .update_columns([Column::Version, Column::PersonId, Column::DeviceId, Column::RecordedAt, Column::ShownVersion])
        .to_owned();
    Entity::insert_many(rows).on_conflict(newer).exec_without_returning(conn).await.map(drop)
}
