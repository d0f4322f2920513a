//! What became of each defect by the time when a round closed.

use domain::defect::DefectStatus;
use domain::id::{DefectId, RoundId, UnitId};
use domain::inspection::EarlierOutcome;
use sea_orm::entity::prelude::*;

/// A row of `lineage_entries`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lineage_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: RoundId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_id: DefectId,
    pub unit_id: UnitId,
    pub outcome: EarlierOutcome,
    pub status: DefectStatus,
    /// Where owners read that it stood.
    pub shown_status: DefectStatus,
    #[sea_orm(column_type = "JsonBinary")]
    pub access: Json,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
