//! The answer to each pushed operation.

use domain::id::{DeviceId, OperationId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::sync::SyncOutcome;
use sea_orm::entity::prelude::*;

/// A row of `operations`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "operations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OperationId,
    pub person_id: PersonId,
    pub device_id: DeviceId,
    pub project_id: Option<ProjectId>,
    pub command: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub input: Json,
    pub fingerprint: Vec<u8>,
    pub outcome: SyncOutcome,
    pub object_kind: ObjectKind,
    pub object_id: Uuid,
    /// The only unit of the session in which it was pushed, after a sign-in by an owner's link.
    pub unit_id: Option<UnitId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub answer: Json,
    pub occurred_at: Option<i64>,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
