//! Addresses of people that a code has confirmed.

use domain::id::PersonId;
use domain::message::MessageChannel;
use sea_orm::entity::prelude::*;

/// A row of `confirmed_addresses`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "confirmed_addresses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: MessageChannel,
    pub address: String,
    pub confirmed_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
