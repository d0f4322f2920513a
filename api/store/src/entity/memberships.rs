//! People's roles in projects.

use domain::Role;
use sea_orm::entity::prelude::*;

/// A row of `memberships`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub person_id: Uuid,
    pub company_id: Uuid,
    pub role: Role,
    pub active: bool,
    /// When the role was given; unknown for rows that are older than the column.
    pub added_at: Option<i64>,
    /// Who gave it; none for the command line.
    pub added_by: Option<Uuid>,
    pub ended_at: Option<i64>,
    pub ended_by: Option<Uuid>,
    pub end_reason: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
