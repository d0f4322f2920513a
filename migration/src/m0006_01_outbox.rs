//! The outbox: attempts to send a message to a person over a channel, and the rest of channels that cannot be reached.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, Table, add, create, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [message_attempts(), message_channels()]).await?;
        // What the sender looks for: rows of the past are many, those that wait are few.
        let mut waiting = index("message_attempts", &["channel", "rank", "run_at", "id"]);
        waiting.and_where(Expr::cust("state = 'QUEUED'"));
        manager.create_index(waiting).await?;
        let mut open = index("message_attempts", &["state", "lease_until"]);
        open.and_where(Expr::cust("state IN ('QUEUED', 'SENDING', 'UNKNOWN')"));
        manager.create_index(open).await?;
        // Null: none on file.
        add(manager, Columns::of("people").text("email")).await?;
        add(manager, Columns::of("one_time_links").text("email")).await
    }
}

/// A message to one person over one channel.
fn message_attempts() -> Table {
    Table::new("message_attempts")
        .id()
        // What is told: a link, a code, a notice. With the recipient, the channel and the edition it is unique.
        .uuid("message_id")
        .text("kind")
        // The person, or the invitation of somebody who is no person yet.
        .uuid("recipient_id")
        .maybe_refers("person_id", "people")
        .maybe_refers("project_id", "projects")
        .text("channel")
        .int("edition")
        .text("language")
        // Null once nothing is sent any more; its hash and its masked form stay.
        .maybe_text("address")
        .bytes("address_hash")
        .text("address_tail")
        .maybe_text("subject")
        // Null once a secret message is settled.
        .maybe_text("body")
        .json("params")
        .bytes("body_sha256")
        .int("template_version")
        .maybe_text("unsubscribe_url")
        .text("state")
        .int("rank")
        .int("tries")
        .micros("run_at")
        .micros("expires_at")
        .maybe_micros("lease_until")
        .maybe_uuid("lease_token")
        .maybe_text("provider_id")
        .maybe_text("provider_text")
        .maybe_text("error")
        .maybe_text("error_text")
        .micros("created_at")
        .maybe_micros("sending_at")
        .maybe_micros("sent_at")
        .maybe_micros("delivered_at")
        .maybe_micros("read_at")
        .maybe_micros("failed_at")
        .maybe_refers("resolved_by", "people")
        .maybe_micros("resolved_at")
        .maybe_text("resolution_note")
        .unique(&["message_id", "recipient_id", "channel", "edition"])
        .index(&["created_at", "id"])
        .index(&["person_id"])
}

/// The channels that cannot be reached: nothing is sent over them until the moment in the row.
fn message_channels() -> Table {
    Table::new("message_channels")
        .text("channel")
        .int("outages")
        .micros("paused_until")
        .micros("since")
        .maybe_text("error_text")
        .key(&["channel"])
}
