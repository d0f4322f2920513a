//! How people want their messages.

use domain::id::PersonId;
use domain::message::MessageChannel;
use sea_orm::entity::prelude::*;

/// A row of `message_preferences`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message_preferences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub channel: Option<MessageChannel>,
    pub digest_at: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub digest_without: Json,
    pub quiet_from: Option<i32>,
    pub quiet_until: Option<i32>,
    pub time_zone: Option<String>,
    pub updated_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
