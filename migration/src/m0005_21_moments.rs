//! Implausible times of devices: the row has the server's time instead, and a flag that says so.

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
        add(manager, Columns::of("events").flag("time_doubted")).await?;
        add(manager, Columns::of("repair_attempts").flag("time_doubted")).await
    }
}
