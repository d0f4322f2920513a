//! Companies of a project.

use domain::Party;
use domain::id::{CompanyId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `companies`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    pub project_id: ProjectId,
    pub code: String,
    pub name: String,
    pub kind: Party,
    pub version: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
