//! In which version of a defect a field changed last.

use domain::id::{DefectId, DeviceId, PersonId};
use sea_orm::entity::prelude::*;

/// A row of `defect_fields`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "defect_fields")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_id: DefectId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    pub version: i32,
    pub person_id: Option<PersonId>,
    pub device_id: Option<DeviceId>,
    pub recorded_at: i64,
    /// The same version as owners read it.
    pub shown_version: Option<i32>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
