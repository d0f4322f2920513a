//! Owners of units.

use domain::id::{OwnershipId, PersonId, ProjectId, UnitId};
use domain::membership::OwnershipEndReason;
use domain::unit::OwnerKind;
use sea_orm::entity::prelude::*;

/// A row of `unit_owners`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_owners")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OwnershipId,
    pub project_id: ProjectId,
    pub unit_id: UnitId,
    pub person_id: PersonId,
    pub kind: OwnerKind,
    pub active: bool,
    /// When the ownership was entered; unknown for rows that are older than the column.
    pub added_at: Option<i64>,
    /// Who entered it; none for the command line.
    pub added_by: Option<PersonId>,
    pub ended_at: Option<i64>,
    pub ended_by: Option<PersonId>,
    /// The first day, as ISO 8601, if it is known.
    pub from_day: Option<String>,
    /// The last day, as ISO 8601.
    pub until_day: Option<String>,
    pub end_reason: Option<OwnershipEndReason>,
    pub end_note: Option<String>,
    /// The last day of a proxy's power, as ISO 8601.
    pub power_until_day: Option<String>,
    /// The moments between which the person sees the unit; none where nothing bounds it.
    pub counts_from: Option<i64>,
    pub counts_until: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
