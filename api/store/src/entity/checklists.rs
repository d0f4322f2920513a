//! Checklists.

use domain::id::{ChecklistId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `checklists`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checklists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChecklistId,
    pub project_id: ProjectId,
    pub name: String,
    pub version: i32,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
