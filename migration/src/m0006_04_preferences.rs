//! How people want their messages, and what they have switched off.

use sea_orm_migration::prelude::*;

use crate::table::{Table, create};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [message_preferences(), message_switches(), unsubscribe_links()]).await
    }
}

/// Whoever has no row has said nothing.
fn message_preferences() -> Table {
    Table::new("message_preferences")
        .refers("person_id", "people")
        // Null: the usual order of channels.
        .maybe_text("channel")
        // Minutes since midnight, as all times of day here.
        .int("digest_at")
        // Reasons of inbox entries that digests leave out.
        .json("digest_without")
        .maybe_int("quiet_from")
        .maybe_int("quiet_until")
        // Null: that of the person's project.
        .maybe_text("time_zone")
        .micros("updated_at")
        .key(&["person_id"])
}

/// Kinds of messages that a person wants no more over a channel.
fn message_switches() -> Table {
    Table::new("message_switches")
        .refers("person_id", "people")
        .text("channel")
        .text("kind")
        .micros("off_since")
        .key(&["person_id", "channel", "kind"])
}

/// The links in messages that switch a kind off, by the hash of their secret.
fn unsubscribe_links() -> Table {
    Table::new("unsubscribe_links")
        .id()
        .bytes("token_hash")
        .refers("person_id", "people")
        .text("channel")
        .text("kind")
        .micros("created_at")
        .unique(&["token_hash"])
        .index(&["created_at"])
        .index(&["person_id"])
}
