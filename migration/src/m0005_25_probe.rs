//! Where the server writes to learn whether the database has room again after its disk was full.

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
