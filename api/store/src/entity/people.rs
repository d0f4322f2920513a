//! People who sign in.

use domain::Language;
use domain::id::PersonId;
use sea_orm::entity::prelude::*;

/// A row of `people`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub login: String,
    pub name: String,
    pub phone: Option<String>,
    pub password_hash: Option<String>,
    pub language: Language,
    pub administrator: bool,
    pub created_at: i64,
    pub demo: bool,
    pub email: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
