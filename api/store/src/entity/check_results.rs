//! Each party's results of checklist items.

use domain::Party;
use domain::inspection::CheckOutcome;
use sea_orm::entity::prelude::*;

/// A row of `check_results`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_results")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub inspection_id: Uuid,
    pub room_id: Uuid,
    pub item_id: Uuid,
    pub company_id: Uuid,
    pub party: Party,
    pub result: CheckOutcome,
    pub note: Option<String>,
    pub measurement_id: Option<Uuid>,
    pub person_id: Uuid,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub version: i32,
    pub changed_in: Option<i32>,
    pub changed_device: Option<Uuid>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
