//! Steps of escalation that defects have gone through.

use domain::id::{DefectId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `escalations`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "escalations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_id: DefectId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    pub project_id: ProjectId,
    pub due_at: i64,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
