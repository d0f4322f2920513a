//! Codes with which people confirm their addresses.

use domain::id::PersonId;
use domain::message::MessageChannel;
use sea_orm::entity::prelude::*;

/// A row of `address_codes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "address_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: MessageChannel,
    pub address: String,
    pub code_hash: Option<Vec<u8>>,
    pub tries: i32,
    pub expires_at: i64,
    pub sent_since: i64,
    pub sent_at: i64,
    pub sent_count: i32,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
