//! Which company is responsible for what.

use domain::id::{BuildingId, CompanyId, ProjectId, ResponsibilityRuleId};
use domain::unit::UnitKind;
use sea_orm::entity::prelude::*;

/// A row of `responsibility_rules`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "responsibility_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResponsibilityRuleId,
    pub project_id: ProjectId,
    pub trade: Option<String>,
    pub building_id: Option<BuildingId>,
    pub unit_kind: Option<UnitKind>,
    pub company_id: CompanyId,
    pub priority: i32,
    pub version: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
