//! Messages, each to one person over one channel.

use domain::Language;
use domain::id::{MessageAttemptId, PersonId, ProjectId};
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState};
use sea_orm::entity::prelude::*;

/// A row of `message_attempts`.
#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageAttemptId,
    pub message_id: Uuid,
    pub kind: MessageKind,
    pub recipient_id: Uuid,
    pub person_id: Option<PersonId>,
    pub project_id: Option<ProjectId>,
    pub channel: MessageChannel,
    pub edition: i32,
    pub language: Language,
    pub address: Option<String>,
    pub address_hash: Vec<u8>,
    pub address_tail: String,
    pub subject: Option<String>,
    pub body: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub params: Json,
    pub body_sha256: Vec<u8>,
    pub template_version: i32,
    pub unsubscribe_url: Option<String>,
    pub state: MessageState,
    pub rank: i32,
    pub tries: i32,
    pub run_at: i64,
    pub expires_at: i64,
    pub lease_until: Option<i64>,
    pub lease_token: Option<Uuid>,
    pub provider_id: Option<String>,
    pub provider_text: Option<String>,
    pub error: Option<MessageError>,
    pub error_text: Option<String>,
    pub created_at: i64,
    pub sending_at: Option<i64>,
    pub sent_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub read_at: Option<i64>,
    pub failed_at: Option<i64>,
    pub resolved_by: Option<PersonId>,
    pub resolved_at: Option<i64>,
    pub resolution_note: Option<String>,
}

/// Without the address and the texts, which no log may hold.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("message_attempts::Model")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("channel", &self.channel)
            .field("state", &self.state)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
