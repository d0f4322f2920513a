//! Work of devices that waits for a person.

use domain::Role;
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditReason, PendingEditState};
use sea_orm::entity::prelude::*;

/// A row of `pending_edits`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_edits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub unit_id: Option<Uuid>,
    pub object_kind: ObjectKind,
    pub object_id: Uuid,
    pub person_id: Uuid,
    pub company_id: Option<Uuid>,
    pub role: Role,
    pub device_id: Uuid,
    pub command: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub input: Json,
    pub reason: PendingEditReason,
    #[sea_orm(column_type = "JsonBinary")]
    pub answer: Json,
    pub state: PendingEditState,
    pub settled_by: Option<Uuid>,
    pub settled_at: Option<i64>,
    pub note: Option<String>,
    pub occurred_at: Option<i64>,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
