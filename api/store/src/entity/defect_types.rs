//! Defect types of a project.

use domain::defect::{Category, Severity};
use domain::id::{DefectTypeId, ProjectId};
use domain::place::FitoutScope;
use sea_orm::entity::prelude::*;

/// A row of `defect_types`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "defect_types")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DefectTypeId,
    pub project_id: ProjectId,
    pub code: String,
    pub part: String,
    pub trade: String,
    pub zh: String,
    pub en: String,
    pub severity: Severity,
    pub category: Category,
    pub days: i32,
    pub fitout: FitoutScope,
    pub warranty: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
