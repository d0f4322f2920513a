//! Buildings.

use domain::id::{BuildingId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `buildings`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "buildings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BuildingId,
    pub project_id: ProjectId,
    pub code: String,
    pub name: String,
    pub floors: i32,
    pub sort: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
