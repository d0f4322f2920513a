//! Projects with their policy.

use sea_orm::entity::prelude::*;

/// A row of `projects`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "projects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub time_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub policy: Json,
    pub epoch: Uuid,
    pub version: i32,
    pub created_at: i64,
}

impl Model {
    /// A row of which only the id is known; the other columns are empty, as in rows that were read without them.
    #[must_use]
    pub fn of_id(id: Uuid) -> Self {
        let (code, name, time_zone) = (String::new(), String::new(), String::new());
        Self { id, code, name, time_zone, policy: Json::Null, epoch: Uuid::nil(), version: 0, created_at: 0 }
    }
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
