//! What happened, append-only.

use domain::event::{Audience, EventName};
use domain::id::{CompanyId, DefectId, EventId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::{Party, Role};
use sea_orm::entity::prelude::*;

/// A row of `events`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub project_id: ProjectId,
    pub seq: i64,
    pub object_kind: ObjectKind,
    pub object_id: Uuid,
    pub unit_id: Option<UnitId>,
    pub defect_id: Option<DefectId>,
    pub name: EventName,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub person_id: Option<PersonId>,
    pub company_id: Option<CompanyId>,
    pub role: Option<Role>,
    pub party: Option<Party>,
    pub visible_to: Audience,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub reason: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    pub time_doubted: bool,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
