//! A project's vocabulary.

use domain::id::{ProjectId, TermId};
use domain::taxonomy::TermKind;
use sea_orm::entity::prelude::*;

/// A row of `terms`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TermId,
    pub project_id: ProjectId,
    pub kind: TermKind,
    pub code: String,
    pub zh: String,
    pub en: String,
    pub sort: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
