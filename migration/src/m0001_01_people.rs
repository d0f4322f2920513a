//! People, their sessions, and failed sign-ins.

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
        create(manager, [people(), sessions(), sign_in_attempts()]).await
    }
}

fn people() -> Table {
    Table::new("people")
        .id()
        .text("login")
        .unique(&["login"])
        .text("name")
        .maybe_text("phone")
        .maybe_text("password_hash")
        .text("language")
        .flag("administrator")
        .micros("created_at")
}

fn sessions() -> Table {
    Table::new("sessions")
        .id()
        .refers("person_id", "people")
        .bytes("access_hash")
        .unique(&["access_hash"])
        .micros("access_expires_at")
        .bytes("refresh_hash")
        .unique(&["refresh_hash"])
        .maybe_bytes("previous_refresh_hash")
        .index(&["previous_refresh_hash"])
        .micros("refresh_expires_at")
        .maybe_micros("revoked_at")
        .maybe_text("device")
        .micros("created_at")
}

fn sign_in_attempts() -> Table {
    Table::new("sign_in_attempts").text("key").int("failures").micros("last_at").micros("blocked_until").key(&["key"])
}
