//! Unit types.

use domain::id::{PlanId, ProjectId, UnitTypeId};
use domain::place::Fitout;
use sea_orm::entity::prelude::*;

/// A row of `unit_types`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_types")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitTypeId,
    pub project_id: ProjectId,
    pub code: String,
    pub name: String,
    pub fitout: Fitout,
    pub area: Option<String>,
    pub current_plan_id: Option<PlanId>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
