//! People's devices in projects.

use domain::Role;
use domain::id::{CompanyId, DeviceId, PersonId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `devices`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: ProjectId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: DeviceId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub company_id: Option<CompanyId>,
    pub role: Role,
    pub name: Option<String>,
    pub first_seen_at: i64,
    pub last_push_at: Option<i64>,
    pub last_pull_at: Option<i64>,
    pub pulled_seq: Option<i64>,
    pub reported_at: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub waiting: Json,
    pub excused_at: Option<i64>,
    pub excused_by: Option<PersonId>,
    pub excuse: Option<String>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
