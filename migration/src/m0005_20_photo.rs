//! Further facts about photos: lost pixels, the version of the decoder, withdrawals, and the author and version of
//! annotations.

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
        let columns = Columns::of("photos")
            .flag("damaged")
            .int("reader_version")
            .micros("withdrawn_at")
            .uuid("withdrawn_by")
            .text("withdraw_reason")
            .int("drawn_in")
            .uuid("drawn_by")
            .uuid("drawn_device");
        add(manager, columns).await
    }
}
