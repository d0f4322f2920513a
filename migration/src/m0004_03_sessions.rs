//! Sessions as families of refresh tokens, with the columns of the list of devices; rows that expire.
//!
//! Every column is optional: a session of an older database continues with its tokens, and gets a family at its next
//! refresh.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, add};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, token_family()).await?;
        add(manager, device_list()).await?;
        for (table, column) in [
            ("sessions", "family_hash"),
            ("sessions", "ancestor_hash"),
            ("sessions", "device_hash"),
            ("sessions", "person_id"),
            ("sign_in_attempts", "last_at"),
        ] {
            let index = Index::create()
                .name(format!("ix_{table}_{column}"))
                .table(Alias::new(table))
                .col(Alias::new(column))
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// In this order: the hash of the part that all refresh tokens of a session share, and the number of the newest one;
/// the hash of the token with which a session of an older database began its family; the salt of the newest tokens,
/// until one of them is used; the times of the derivation and of the first use.
fn token_family() -> Columns {
    Columns::of("sessions")
        .bytes("family_hash")
        .int("generation")
        .bytes("ancestor_hash")
        .bytes("successor_salt")
        .micros("rotated_at")
        .micros("first_used_at")
}

/// In this order: time and network of the device's last request; the hash of its device token; the reason of the
/// session's end, and the time of the notification to its person.
fn device_list() -> Columns {
    Columns::of("sessions")
        .micros("last_seen_at")
        .text("last_address")
        .bytes("device_hash")
        .text("ended_reason")
        .micros("notified_at")
}
