//! Kinds of messages that people have switched off.

use domain::id::PersonId;
use domain::message::{MessageChannel, MessageKind};
use sea_orm::entity::prelude::*;

/// A row of `message_switches`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_switches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: MessageChannel,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: MessageKind,
    pub off_since: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
