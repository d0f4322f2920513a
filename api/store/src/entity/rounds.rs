//! Rounds.

use domain::id::{ChecklistVersionId, PersonId, ProjectId, RoundId};
use domain::round::RoundStatus;
use sea_orm::entity::prelude::*;

/// A row of `rounds`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rounds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoundId,
    pub project_id: ProjectId,
    pub number: i32,
    pub stage: String,
    pub name: String,
    pub status: RoundStatus,
    #[sea_orm(column_type = "JsonBinary")]
    pub required_parties: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub required_contractors: Option<Json>,
    pub checklist_version_id: ChecklistVersionId,
    pub planned_from: Option<String>,
    pub planned_to: Option<String>,
    pub opened_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub version: i32,
    pub created_by: PersonId,
    pub created_at: i64,
    pub lineage_frozen_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
