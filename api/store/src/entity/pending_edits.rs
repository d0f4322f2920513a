//! Work of devices that waits for a person.

use domain::Role;
use domain::id::{CompanyId, DeviceId, PendingEditId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditReason, PendingEditState};
use sea_orm::entity::prelude::*;

/// A row of `pending_edits`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_edits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PendingEditId,
    pub project_id: ProjectId,
    pub unit_id: Option<UnitId>,
    pub object_kind: ObjectKind,
    pub object_id: Uuid,
    pub person_id: PersonId,
    pub company_id: Option<CompanyId>,
    pub role: Role,
    pub device_id: DeviceId,
    pub command: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub input: Json,
    pub reason: PendingEditReason,
    #[sea_orm(column_type = "JsonBinary")]
    pub answer: Json,
    pub state: PendingEditState,
    pub settled_by: Option<PersonId>,
    pub settled_at: Option<i64>,
    pub note: Option<String>,
    pub occurred_at: Option<i64>,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
