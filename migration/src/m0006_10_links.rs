//! Owners' links with the codes that are sent for them, sessions that see one unit only, and the days of a proxy's power.

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
        create(manager, [unit_links(), sign_in_codes()]).await?;
        // Null for sessions that see everything that their person may see.
        add(manager, Columns::of("sessions").uuid("unit_id").uuid("link_id")).await?;
        manager.create_index(index("sessions", &["link_id"])).await?;
        // The last day of a proxy's power in the project's time zone, and the moments between which the person sees the
        // unit. Null where nothing bounds it.
        let power = Columns::of("unit_owners").text("power_until_day").micros("counts_from").micros("counts_until");
        add(manager, power).await
    }
}

/// Links by which an owner signs in to one unit: only the SHA-256 of the token is stored.
fn unit_links() -> Table {
    Table::new("unit_links")
        .id()
        .bytes("token_hash")
        .unique(&["token_hash"])
        .refers("project_id", "projects")
        .refers("unit_id", "units")
        .refers("person_id", "people")
        .refers("ownership_id", "unit_owners")
        .index(&["ownership_id"])
        .index(&["person_id"])
        // Left empty by the command line.
        .maybe_refers("made_by", "people")
        .micros("created_at")
        .micros("expires_at")
        // When somebody signed in by it last.
        .maybe_micros("last_used_at")
        .maybe_micros("revoked_at")
        .maybe_refers("revoked_by", "people")
}

/// Codes that were sent for a link: only an HMAC of the code under the link's token, which is stored nowhere.
fn sign_in_codes() -> Table {
    Table::new("sign_in_codes")
        .id()
        .refers("link_id", "unit_links")
        .index(&["link_id", "created_at"])
        .refers("person_id", "people")
        .index(&["person_id", "created_at"])
        // The SHA-256 of the network address that asked for it.
        .text("address_key")
        .index(&["address_key", "created_at"])
        .bytes("code_hash")
        // How many guesses were compared with it.
        .int("tries")
        .micros("created_at")
        .micros("expires_at")
        .maybe_micros("used_at")
}
