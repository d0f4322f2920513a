//! The signed content of inspections and reviews, kept as the canonical text that was hashed.

use sea_orm_migration::prelude::*;

use crate::table::{Table, append_only, create};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let contents = Table::new("signed_contents")
            .refers("project_id", "projects")
            .refers("inspection_id", "unit_inspections")
            .int("submission_no")
            .int("form")
            .bytes("content_hash")
            .text("content")
            .micros("recorded_at")
            .key(&["inspection_id", "submission_no"]);
        create(manager, [contents]).await?;
        append_only(manager, &["signed_contents"]).await
    }
}
