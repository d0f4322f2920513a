//! Comments on defects.

use domain::Party;
use domain::defect::CommentVisibility;
use domain::id::{CommentId, CompanyId, DefectId, PersonId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `defect_comments`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "defect_comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentId,
    pub project_id: ProjectId,
    pub defect_id: DefectId,
    pub person_id: PersonId,
    pub company_id: Option<CompanyId>,
    pub party: Party,
    pub visibility: CommentVisibility,
    pub body: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
