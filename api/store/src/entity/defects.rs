//! Defects.

use domain::defect::{Category, DefectStatus, Severity, VoidReason};
use domain::id::{
    BuildingId, ChecklistItemId, CompanyId, DefectId, InspectionId, PersonId, PlanId, ProjectId, RoomId, RoundId,
    UnitId,
};
use domain::text::SEARCH_VERSION;
use domain::{Actor, Party, Timestamp};
use sea_orm::entity::prelude::*;

use super::{defect_types, units};

/// A row of `defects`. Owners read the columns `shown_…` instead of those without: neither a hold nor a dispute moves
/// them, nor does another company that follows from a dispute.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "defects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DefectId,
    pub project_id: ProjectId,
    pub number: i64,
    pub unit_id: UnitId,
    pub building_id: BuildingId,
    pub room_id: Option<RoomId>,
    pub part: String,
    pub type_code: String,
    pub description: String,
    pub severity: Severity,
    pub severity_rank: i32,
    pub category: Category,
    pub trade: String,
    pub status: DefectStatus,
    pub pin_x: Option<f64>,
    pub pin_y: Option<f64>,
    pub plan_id: Option<PlanId>,
    pub round_id: Option<RoundId>,
    pub inspection_id: Option<InspectionId>,
    pub check_item_id: Option<ChecklistItemId>,
    pub raised_by: PersonId,
    pub raised_company_id: Option<CompanyId>,
    pub raised_party: Party,
    pub owner_finding: bool,
    pub responsible_company_id: Option<CompanyId>,
    pub assignee_id: Option<PersonId>,
    pub assigned_at: Option<i64>,
    pub due_at: Option<i64>,
    pub due_order: i64,
    pub clock_stopped_at: Option<i64>,
    pub hold_reason: Option<String>,
    pub held_since: Option<i64>,
    pub attempt_count: i32,
    pub failed_count: i32,
    pub reopened_count: i32,
    pub first_attempt_passed: Option<bool>,
    pub fixed_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub void_reason: Option<VoidReason>,
    pub duplicate_of: Option<DefectId>,
    pub named_duplicate_of: Option<DefectId>,
    pub status_before_void: Option<DefectStatus>,
    pub place_order: i64,
    pub search: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub late_for_id: Option<InspectionId>,
    pub escalated_at: Option<i64>,
    pub search_version: Option<i32>,
    pub shown_updated_at: Option<i64>,
    pub shown_version: i32,
    pub shown_assigned_at: Option<i64>,
    pub shown_due_at: Option<i64>,
    pub shown_due_order: i64,
    pub shown_stopped_at: Option<i64>,
    pub shown_status: DefectStatus,
    pub shown_status_before_void: Option<DefectStatus>,
}

/// The values of a defect at the time of logging.
pub struct NewDefect<'a> {
    pub id: DefectId,
    pub actor: &'a Actor,
    pub unit: &'a units::Model,
    pub room_id: Option<RoomId>,
    /// Where on the plan: from the left, from the top, and the plan.
    pub pin: Option<(f64, f64, Option<PlanId>)>,
    pub kind: &'a defect_types::Model,
    pub severity: Severity,
    pub trade: String,
    pub description: String,
    /// The text that a search looks at.
    pub search: String,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
}

impl Model {
    /// A defect as it is logged: open, of no company, without a due time; the commit gives the number.
    #[must_use]
    pub fn logged(new: NewDefect<'_>) -> Self {
        Self {
            id: new.id,
            project_id: new.unit.project_id,
            number: 0,
            unit_id: new.unit.id,
            building_id: new.unit.building_id,
            room_id: new.room_id,
            part: new.kind.part.clone(),
            type_code: new.kind.code.clone(),
            description: new.description,
            severity: new.severity,
            severity_rank: new.severity.rank(),
            category: new.kind.category,
            trade: new.trade,
            status: DefectStatus::Open,
            pin_x: new.pin.map(|pin| pin.0),
            pin_y: new.pin.map(|pin| pin.1),
            plan_id: new.pin.and_then(|pin| pin.2),
            round_id: None,
            inspection_id: None,
            check_item_id: None,
            raised_by: new.actor.person_id,
            raised_company_id: new.actor.company_id(),
            raised_party: new.actor.party(),
            owner_finding: new.actor.party() == Party::Customer,
            responsible_company_id: None,
            assignee_id: None,
            assigned_at: None,
            due_at: None,
            due_order: i64::MAX,
            clock_stopped_at: None,
            hold_reason: None,
            held_since: None,
            attempt_count: 0,
            failed_count: 0,
            reopened_count: 0,
            first_attempt_passed: None,
            fixed_at: None,
            closed_at: None,
            void_reason: None,
            duplicate_of: None,
            named_duplicate_of: None,
            status_before_void: None,
            place_order: new.unit.place_order,
            search: new.search,
            occurred_at: new.occurred_at.0,
            recorded_at: new.recorded_at.0,
            updated_at: new.recorded_at.0,
            version: 1,
            late_for_id: None,
            escalated_at: None,
            search_version: Some(SEARCH_VERSION),
            shown_updated_at: Some(new.recorded_at.0),
            shown_version: 1,
            shown_assigned_at: None,
            shown_due_at: None,
            shown_due_order: i64::MAX,
            shown_stopped_at: None,
            shown_status: DefectStatus::Open,
            shown_status_before_void: None,
        }
    }
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
