//! People's roles in projects.

use domain::Role;
use domain::id::{CompanyId, MembershipId, PersonId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `memberships`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub company_id: CompanyId,
    pub role: Role,
    pub active: bool,
    /// When the role was given; unknown for rows that are older than the column.
    pub added_at: Option<i64>,
    /// Who gave it; none for the command line.
    pub added_by: Option<PersonId>,
    pub ended_at: Option<i64>,
    pub ended_by: Option<PersonId>,
    pub end_reason: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
