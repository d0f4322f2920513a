//! Each party's results of checklist items.

use domain::Party;
use domain::id::{
    CheckResultId, ChecklistItemId, CompanyId, DeviceId, InspectionId, MeasurementId, PersonId, ProjectId, RoomId,
};
use domain::inspection::CheckOutcome;
use sea_orm::entity::prelude::*;

/// A row of `check_results`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_results")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CheckResultId,
    pub project_id: ProjectId,
    pub inspection_id: InspectionId,
    pub room_id: RoomId,
    pub item_id: ChecklistItemId,
    pub company_id: CompanyId,
    pub party: Party,
    pub result: CheckOutcome,
    pub note: Option<String>,
    pub measurement_id: Option<MeasurementId>,
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
