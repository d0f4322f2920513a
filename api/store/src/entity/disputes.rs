//! Disputes.

use domain::defect::{DefectStatus, DisputeGround, DisputeOutcome};
use sea_orm::entity::prelude::*;

/// A row of `disputes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub defect_id: Uuid,
    pub company_id: Uuid,
    pub person_id: Uuid,
    pub ground: DisputeGround,
    pub reason: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub status_before: Option<DefectStatus>,
    pub resolution: Option<DisputeOutcome>,
    pub resolved_by: Option<Uuid>,
    pub resolved_at: Option<i64>,
    pub resolution_note: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
