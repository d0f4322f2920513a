//! Disputes.

use domain::defect::{DefectStatus, DisputeGround, DisputeOutcome};
use domain::id::{CompanyId, DefectId, DisputeId, PersonId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `disputes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisputeId,
    pub project_id: ProjectId,
    pub defect_id: DefectId,
    pub company_id: CompanyId,
    pub person_id: PersonId,
    pub ground: DisputeGround,
    pub reason: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub status_before: Option<DefectStatus>,
    pub resolution: Option<DisputeOutcome>,
    pub resolved_by: Option<PersonId>,
    pub resolved_at: Option<i64>,
    pub resolution_note: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
