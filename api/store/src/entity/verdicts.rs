//! Verdicts on repair attempts.

use domain::id::{AttemptId, CompanyId, DefectId, PersonId, ProjectId, VerdictId};
use domain::{Party, Role};
use sea_orm::entity::prelude::*;

/// A row of `verdicts`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "verdicts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VerdictId,
    pub project_id: ProjectId,
    pub defect_id: DefectId,
    pub attempt_id: AttemptId,
    pub party: Party,
    pub company_id: Option<CompanyId>,
    pub person_id: PersonId,
    pub role: Role,
    pub passed: bool,
    pub note: Option<String>,
    pub occurred_at: i64,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
