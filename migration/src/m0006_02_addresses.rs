//! Which addresses of people are confirmed, and the codes that confirm them.

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
        // Confirmed is the address in the row: another one of the person is not.
        let confirmed = Table::new("confirmed_addresses")
            .refers("person_id", "people")
            .text("channel")
            .text("address")
            .micros("confirmed_at")
            .key(&["person_id", "channel"]);
        // The newest code of a person for a channel, and how many were sent.
        let codes = Table::new("address_codes")
            .refers("person_id", "people")
            .text("channel")
            .text("address")
            // Null once it was used.
            .maybe_bytes("code_hash")
            .int("tries")
            .micros("expires_at")
            .micros("sent_since")
            .micros("sent_at")
            .int("sent_count")
            .key(&["person_id", "channel"]);
        create(manager, [confirmed, codes]).await
    }
}
