//! Links in messages that switch a kind of messages off.

use domain::id::{PersonId, UnsubscribeLinkId};
use domain::message::{MessageChannel, MessageKind};
use sea_orm::entity::prelude::*;

/// A row of `unsubscribe_links`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unsubscribe_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnsubscribeLinkId,
    pub token_hash: Vec<u8>,
    pub person_id: PersonId,
    pub channel: MessageChannel,
    pub kind: MessageKind,
    pub created_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
