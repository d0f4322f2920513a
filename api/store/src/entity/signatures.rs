//! Signatures with the hash of the signed content.

use domain::id::{CompanyId, PersonId, PhotoId, ProjectId, SignatureId};
use domain::inspection::SignatureSubject;
use domain::{Party, Role};
use sea_orm::entity::prelude::*;

/// A row of `signatures`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signatures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignatureId,
    pub project_id: ProjectId,
    pub subject_kind: SignatureSubject,
    pub subject_id: Uuid,
    pub submission_no: i32,
    pub party: Party,
    pub person_id: PersonId,
    pub company_id: Option<CompanyId>,
    pub role: Role,
    pub signer_name: String,
    pub photo_id: Option<PhotoId>,
    pub content_hash: Vec<u8>,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub superseded_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
