//! Further facts about pushes: the last contact of a session, and the person and version of a photo's move.

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
        add(manager, Columns::of("sessions").micros("last_contact_at")).await?;
        let moved = Columns::of("photos").int("moved_in").uuid("moved_by").uuid("moved_device").micros("moved_at");
        add(manager, moved).await
    }
}
