//! Photos.

use domain::id::{AttemptId, CompanyId, DefectId, DeviceId, PersonId, PhotoId, ProjectId, UnitId};
use domain::photo::{Declared, PhotoRejection, PhotoStage, PhotoState, PhotoSubjectKind, PhotoType};
use domain::{Actor, Party, Timestamp};
use sea_orm::entity::prelude::*;

use super::defects;

/// A row of `photos`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "photos")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhotoId,
    pub project_id: ProjectId,
    pub unit_id: Option<UnitId>,
    pub subject_kind: PhotoSubjectKind,
    pub defect_id: Option<DefectId>,
    pub attempt_id: Option<AttemptId>,
    pub stage: PhotoStage,
    pub sha256: Vec<u8>,
    pub byte_size: i64,
    pub content_type: PhotoType,
    pub state: PhotoState,
    pub rejection: Option<PhotoRejection>,
    pub staging_key: Option<String>,
    pub object_key: Option<String>,
    pub thumb_key: Option<String>,
    pub large_key: Option<String>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub person_id: PersonId,
    pub company_id: Option<CompanyId>,
    pub party: Party,
    pub visible_to_owner: bool,
    pub occurred_at: i64,
    pub declared_at: i64,
    pub received_at: Option<i64>,
    pub ready_at: Option<i64>,
    pub version: i32,
    pub device_id: Option<DeviceId>,
    pub device_name: Option<String>,
    pub multipart_id: Option<String>,
    pub written_off_at: Option<i64>,
    pub written_off_by: Option<PersonId>,
    pub write_off_reason: Option<String>,
    pub taken_local: Option<String>,
    pub taken_offset: Option<i32>,
    pub camera: Option<String>,
    pub orientation: Option<i32>,
    pub placeholder: Option<Vec<u8>>,
    pub duration_ms: Option<i32>,
    pub webp_at: Option<i64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub markup: Option<Json>,
    pub markup_by: Option<PersonId>,
    pub markup_at: Option<i64>,
    pub marked_key: Option<String>,
    pub removed_at: Option<i64>,
    pub stripped_key: Option<String>,
    pub damaged: bool,
    pub reader_version: Option<i32>,
    pub withdrawn_at: Option<i64>,
    pub withdrawn_by: Option<PersonId>,
    pub withdraw_reason: Option<String>,
    pub drawn_in: Option<i32>,
    pub drawn_by: Option<PersonId>,
    pub drawn_device: Option<DeviceId>,
    /// The version that moved it last to another defect or stage, with the person, the device and the time.
    pub moved_in: Option<i32>,
    pub moved_by: Option<PersonId>,
    pub moved_device: Option<DeviceId>,
    pub moved_at: Option<i64>,
}

/// The values of a photo at the time of its declaration.
pub struct NewPhoto<'a> {
    pub id: PhotoId,
    pub actor: &'a Actor,
    pub stage: PhotoStage,
    pub bytes: Declared,
    /// The defect that it shows; none for a signature.
    pub defect: Option<&'a defects::Model>,
    pub device_id: Option<DeviceId>,
    pub occurred_at: Timestamp,
    pub declared_at: Timestamp,
}

impl Model {
    /// A photo as it is declared: its bytes have not arrived, so every other column is empty.
    #[must_use]
    pub fn declared(new: NewPhoto<'_>) -> Self {
        let kind = if new.defect.is_some() { PhotoSubjectKind::Defect } else { PhotoSubjectKind::Signature };
        Self {
            id: new.id,
            project_id: new.actor.project_id,
            unit_id: new.defect.map(|defect| defect.unit_id),
            subject_kind: kind,
            defect_id: new.defect.map(|defect| defect.id),
            attempt_id: None,
            stage: new.stage,
            sha256: new.bytes.sha256.to_vec(),
            byte_size: i64::try_from(new.bytes.byte_size).unwrap_or(i64::MAX),
            content_type: new.bytes.content_type,
            state: PhotoState::Declared,
            rejection: None,
            staging_key: None,
            object_key: None,
            thumb_key: None,
            large_key: None,
            width: None,
            height: None,
            person_id: new.actor.person_id,
            company_id: new.actor.company_id(),
            party: new.actor.party(),
            visible_to_owner: new.defect.is_some(),
            occurred_at: new.occurred_at.0,
            declared_at: new.declared_at.0,
            received_at: None,
            ready_at: None,
            version: 1,
            device_id: new.device_id,
            device_name: None,
            multipart_id: None,
            written_off_at: None,
            written_off_by: None,
            write_off_reason: None,
            taken_local: None,
            taken_offset: None,
            camera: None,
            orientation: None,
            placeholder: None,
            duration_ms: None,
            webp_at: None,
            markup: None,
            markup_by: None,
            markup_at: None,
            marked_key: None,
            removed_at: None,
            stripped_key: None,
            damaged: false,
            reader_version: None,
            withdrawn_at: None,
            withdrawn_by: None,
            withdraw_reason: None,
            drawn_in: None,
            drawn_by: None,
            drawn_device: None,
            moved_in: None,
            moved_by: None,
            moved_device: None,
            moved_at: None,
        }
    }
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
