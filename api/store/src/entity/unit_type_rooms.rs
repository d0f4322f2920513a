//! Rooms of unit types with their outlines.

use domain::id::{ProjectId, UnitTypeId, UnitTypeRoomId};
use sea_orm::entity::prelude::*;

/// A row of `unit_type_rooms`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_type_rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitTypeRoomId,
    pub project_id: ProjectId,
    pub unit_type_id: UnitTypeId,
    pub code: String,
    pub name: String,
    pub room_type: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub outline: Json,
    pub sort: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
