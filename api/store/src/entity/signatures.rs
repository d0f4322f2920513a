//! Signatures with the hash of the signed content.

use domain::{Party, Role};
use sea_orm::entity::prelude::*;

/// A row of `signatures`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signatures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub submission_no: i32,
    pub party: Party,
    pub person_id: Uuid,
    pub company_id: Option<Uuid>,
    pub role: Role,
    pub signer_name: String,
    pub photo_id: Option<Uuid>,
    pub content_hash: Vec<u8>,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub superseded_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
