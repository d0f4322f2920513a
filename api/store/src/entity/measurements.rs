//! Each party's measurements.

use domain::Party;
use domain::id::{ChecklistItemId, CompanyId, DeviceId, InspectionId, MeasurementId, PersonId, ProjectId, RoomId};
use sea_orm::entity::prelude::*;

/// A row of `measurements`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "measurements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeasurementId,
    pub project_id: ProjectId,
    pub inspection_id: InspectionId,
    pub room_id: RoomId,
    pub item_id: ChecklistItemId,
    pub rule_code: String,
    pub company_id: CompanyId,
    pub party: Party,
    pub design: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub readings: Json,
    pub out_of_tolerance: i32,
    pub in_tolerance: bool,
    pub person_id: PersonId,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub version: i32,
    pub changed_in: Option<i32>,
    pub changed_device: Option<DeviceId>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
