//! Rooms of units.

use domain::id::{ProjectId, RoomId, UnitId, UnitTypeRoomId};
use sea_orm::entity::prelude::*;

/// A row of `rooms`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoomId,
    pub project_id: ProjectId,
    pub unit_id: UnitId,
    pub unit_type_room_id: Option<UnitTypeRoomId>,
    pub code: String,
    pub name: String,
    pub room_type: String,
    pub sort: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
