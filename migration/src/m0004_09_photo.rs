//! The key of the copy of a photo without metadata, for people who may not read the original.

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
        add(manager, Columns::of("photos").text("stripped_key")).await
    }
}
