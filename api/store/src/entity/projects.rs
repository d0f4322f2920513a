//! Projects with their policy.

use domain::id::ProjectId;
use sea_orm::entity::prelude::*;

/// A row of `projects`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "projects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProjectId,
    pub code: String,
    pub name: String,
    pub time_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub policy: Json,
    pub epoch: Uuid,
    pub version: i32,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
