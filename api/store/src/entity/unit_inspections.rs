//! Unit inspections.

use domain::inspection::InspectionStatus;
use sea_orm::entity::prelude::*;

/// A row of `unit_inspections`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_inspections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub round_id: Uuid,
    pub unit_id: Uuid,
    pub status: InspectionStatus,
    pub started_at: Option<i64>,
    pub submitted_at: Option<i64>,
    pub submitted_by: Option<Uuid>,
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
