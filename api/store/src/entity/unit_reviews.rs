//! Owners' reviews of their units.

use domain::id::{PersonId, PhotoId, ProjectId, ReviewId, UnitId};
use sea_orm::entity::prelude::*;

/// A row of `unit_reviews`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReviewId,
    pub project_id: ProjectId,
    pub unit_id: UnitId,
    pub person_id: PersonId,
    pub rating: Option<i32>,
    pub body: String,
    pub signature_photo_id: Option<PhotoId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    pub content_hash: Vec<u8>,
    pub occurred_at: i64,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
