//! Units.

use domain::id::{BuildingId, PersonId, ProjectId, UnitId, UnitTypeId};
use domain::unit::UnitKind;
use sea_orm::entity::prelude::*;

/// A row of `units`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "units")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitId,
    pub project_id: ProjectId,
    pub building_id: BuildingId,
    pub unit_type_id: Option<UnitTypeId>,
    pub code: String,
    pub entrance: Option<String>,
    pub floor: i32,
    pub kind: UnitKind,
    pub place_order: i64,
    pub opened_at: Option<i64>,
    pub opened_by: Option<PersonId>,
    pub version: i32,
    /// The code as it is searched.
    pub search: Option<String>,
    /// The code as it is compared with others.
    pub code_key: Option<String>,
    pub order_version: Option<i32>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
