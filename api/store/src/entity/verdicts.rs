//! Verdicts on repair attempts.

use domain::{Party, Role};
use sea_orm::entity::prelude::*;

/// A row of `verdicts`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "verdicts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub defect_id: Uuid,
    pub attempt_id: Uuid,
    pub party: Party,
    pub company_id: Option<Uuid>,
    pub person_id: Uuid,
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
