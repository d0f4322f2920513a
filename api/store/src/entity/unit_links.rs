//! Links by which owners sign in to one unit.

use domain::id::{OwnershipId, PersonId, ProjectId, UnitId, UnitLinkId};
use sea_orm::entity::prelude::*;

/// A row of `unit_links`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitLinkId,
    pub token_hash: Vec<u8>,
    pub project_id: ProjectId,
    pub unit_id: UnitId,
    pub person_id: PersonId,
    pub ownership_id: OwnershipId,
    /// Who made it; none for the command line.
    pub made_by: Option<PersonId>,
    pub created_at: i64,
    pub expires_at: i64,
    /// When somebody signed in by it last.
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub revoked_by: Option<PersonId>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
