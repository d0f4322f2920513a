//! Unit inspections.

use domain::id::{InspectionId, PersonId, ProjectId, RoundId, UnitId};
use domain::inspection::InspectionStatus;
use sea_orm::entity::prelude::*;

/// A row of `unit_inspections`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_inspections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InspectionId,
    pub project_id: ProjectId,
    pub round_id: RoundId,
    pub unit_id: UnitId,
    pub status: InspectionStatus,
    pub started_at: Option<i64>,
    pub submitted_at: Option<i64>,
    pub submitted_by: Option<PersonId>,
    pub inaccessible_reason: Option<String>,
    pub submission_no: i32,
    pub content_hash: Option<Vec<u8>>,
    pub version: i32,
    pub content_at: Option<i64>,
    /// The version of the steps that everybody is shown.
    pub shown_version: i32,
    /// How often each contractor company has recorded besides these steps, by its id.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub company_records: Option<Json>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
