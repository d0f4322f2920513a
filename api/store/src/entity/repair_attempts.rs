//! Repair attempts.

use domain::defect::AttemptStatus;
use domain::id::{AttemptId, CompanyId, DefectId, PersonId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `repair_attempts`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "repair_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttemptId,
    pub project_id: ProjectId,
    pub defect_id: DefectId,
    pub number: i32,
    pub company_id: CompanyId,
    pub person_id: PersonId,
    pub note: Option<String>,
    pub status: AttemptStatus,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub late: bool,
    pub time_doubted: bool,
    /// Whether it came after the due time that owners read.
    pub shown_late: Option<bool>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
