//! Measurement rules of a project.

use domain::id::{MeasurementRuleId, ProjectId};
use domain::measurement::MeasurementKind;
use sea_orm::entity::prelude::*;

/// A row of `measurement_rules`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "measurement_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeasurementRuleId,
    pub project_id: ProjectId,
    pub code: String,
    pub zh: String,
    pub en: String,
    pub unit_of_measure: String,
    pub kind: MeasurementKind,
    pub tolerance_min: Option<String>,
    pub tolerance_max: Option<String>,
    pub method_zh: String,
    pub method_en: String,
    pub source: String,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
