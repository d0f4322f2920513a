//! The table of the write probe, by which the server detects that the database has room again after a full disk.

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
        create(manager, [Table::new("storage_probes").int("id").bytes("filler").key(&["id"])]).await
    }
}
