//! Links that work once: invitations and password resets.

use domain::id::{CompanyId, OneTimeLinkId, PersonId, ProjectId};
use domain::one_time_link::LinkKind;
use domain::{Language, Role};
use sea_orm::entity::prelude::*;

/// A row of `one_time_links`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OneTimeLinkId,
    pub kind: LinkKind,
    pub token_hash: Vec<u8>,
    pub project_id: Option<ProjectId>,
    pub login: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub language: Option<Language>,
    pub company_id: Option<CompanyId>,
    pub role: Option<Role>,
    #[sea_orm(column_type = "JsonBinary")]
    pub units: Json,
    pub person_id: Option<PersonId>,
    pub made_by: Option<PersonId>,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub used_by: Option<PersonId>,
    pub revoked_at: Option<i64>,
    pub revoked_by: Option<PersonId>,
    pub sign_in_first_at: Option<i64>,
    pub email: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
