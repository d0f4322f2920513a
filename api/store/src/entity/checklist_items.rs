//! Items of checklist versions.

use domain::id::{ChecklistItemId, ChecklistVersionId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `checklist_items`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checklist_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChecklistItemId,
    pub project_id: ProjectId,
    pub checklist_version_id: ChecklistVersionId,
    pub code: String,
    pub room_type: String,
    pub part: Option<String>,
    pub zh: String,
    pub en: String,
    pub mandatory: bool,
    pub measurement_code: Option<String>,
    pub sort: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
