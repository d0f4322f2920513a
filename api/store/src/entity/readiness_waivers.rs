//! Waived blockers.

use domain::id::{PersonId, ProjectId, UnitId, WaiverId};
use domain::unit::readiness::BlockerCode;
use sea_orm::entity::prelude::*;

/// A row of `readiness_waivers`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "readiness_waivers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WaiverId,
    pub project_id: ProjectId,
    pub unit_id: UnitId,
    pub blocker: BlockerCode,
    pub subject_id: Option<Uuid>,
    pub person_id: PersonId,
    pub reason: String,
    pub recorded_at: i64,
    pub revoked_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
