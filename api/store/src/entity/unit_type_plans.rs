//! Versions of the floor plans of unit types.

use domain::id::{PlanId, ProjectId, UnitTypeId};
use domain::photo::PhotoType;
use sea_orm::entity::prelude::*;

/// A row of `unit_type_plans`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_type_plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanId,
    pub project_id: ProjectId,
    pub unit_type_id: UnitTypeId,
    pub number: i32,
    pub object_key: Option<String>,
    pub content_type: PhotoType,
    pub width: i32,
    pub height: i32,
    pub sha256: Option<Vec<u8>>,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
