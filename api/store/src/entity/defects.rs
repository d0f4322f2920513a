//! Defects.

use sea_orm::entity::prelude::*;

/// A row of `defects`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "defects")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub project_id: Uuid,
    pub number: i64,
    pub unit_id: Uuid,
    pub building_id: Uuid,
    pub room_id: Option<Uuid>,
    pub part: String,
    pub type_code: String,
    pub description: String,
    pub severity: String,
    pub severity_rank: i32,
    pub category: String,
    pub trade: String,
    pub status: String,
    pub pin_x: Option<f64>,
    pub pin_y: Option<f64>,
    pub plan_id: Option<Uuid>,
    pub round_id: Option<Uuid>,
    pub inspection_id: Option<Uuid>,
    pub check_item_id: Option<Uuid>,
    pub raised_by: Uuid,
    pub raised_company_id: Option<Uuid>,
    pub raised_party: String,
    pub owner_finding: bool,
    pub responsible_company_id: Option<Uuid>,
    pub assignee_id: Option<Uuid>,
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
    pub void_reason: Option<String>,
    pub duplicate_of: Option<Uuid>,
    pub named_duplicate_of: Option<Uuid>,
    pub status_before_void: Option<String>,
    pub place_order: i64,
    pub search: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub late_for_id: Option<Uuid>,
    pub escalated_at: Option<i64>,
    pub search_version: Option<i32>,
    pub shown_updated_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
