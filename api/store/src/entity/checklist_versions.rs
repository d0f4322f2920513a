//! Versions of checklists.

use domain::id::{ChecklistId, ChecklistVersionId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `checklist_versions`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checklist_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChecklistVersionId,
    pub project_id: ProjectId,
    pub checklist_id: ChecklistId,
    pub number: i32,
    pub frozen_at: Option<i64>,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
