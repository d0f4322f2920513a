//! Waived blockers.

use domain::unit::readiness::BlockerCode;
use sea_orm::entity::prelude::*;

/// A row of `readiness_waivers`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "readiness_waivers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub unit_id: Uuid,
    pub blocker: BlockerCode,
    pub subject_id: Option<Uuid>,
    pub person_id: Uuid,
    pub reason: String,
    pub recorded_at: i64,
    pub revoked_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
