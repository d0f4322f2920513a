//! Channels that cannot be reached, and until when they rest.

use domain::message::MessageChannel;
use sea_orm::entity::prelude::*;

/// A row of `message_channels`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message_channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: MessageChannel,
    pub outages: i32,
    pub paused_until: i64,
    pub since: i64,
    pub error_text: Option<String>,
}

/// No relations: nothing refers to a channel.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
