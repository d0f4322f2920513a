//! The content that the parties sign, as the canonical text that was hashed.

use domain::id::{InspectionId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `signed_contents`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signed_contents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: InspectionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_no: i32,
    pub project_id: ProjectId,
    pub form: i32,
    pub content_hash: Vec<u8>,
    pub content: String,
    pub recorded_at: i64,
    /// Where owners read that defects stood, by the defect's id, where that is not the status in the content; none where
    /// an earlier version has kept the content.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub shown_statuses: Option<Json>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
