//! Work to do after a commit.

use domain::id::{JobId, ProjectId};
use sea_orm::entity::prelude::*;

/// A row of `jobs`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// A text, because a job of a newer version is leased like any other and fails with a reason that names its kind.
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub payload_version: i32,
    pub project_id: Option<ProjectId>,
    pub run_at: i64,
    pub attempts: i32,
    pub max_attempts: i32,
    pub lease_until: Option<i64>,
    pub lease_token: Option<Uuid>,
    pub done_at: Option<i64>,
    pub failed_at: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
