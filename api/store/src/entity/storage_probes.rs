//! Rows that are written to learn whether the database has room.

use sea_orm::entity::prelude::*;

/// A row of `storage_probes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "storage_probes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub filler: Vec<u8>,
}

/// No relations: nothing else knows of it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
