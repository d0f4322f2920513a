//! Photos.

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
        create(manager, [photos()]).await
    }
}

fn photos() -> Table {
    Table::new("photos")
        .id()
        .refers("project_id", "projects")
        .maybe_refers("unit_id", "units")
        .text("subject_kind")
        .maybe_refers("defect_id", "defects")
        .maybe_refers("attempt_id", "repair_attempts")
        .text("stage")
        .bytes("sha256")
        .big("byte_size")
        .text("content_type")
        .text("state")
        .maybe_text("rejection")
        .maybe_text("staging_key")
        .maybe_text("object_key")
        .maybe_text("thumb_key")
        .maybe_text("large_key")
        .maybe_int("width")
        .maybe_int("height")
        .refers("person_id", "people")
        .maybe_refers("company_id", "companies")
        .text("party")
        .flag("visible_to_owner")
        .micros("occurred_at")
        .micros("declared_at")
        .maybe_micros("received_at")
        .maybe_micros("ready_at")
        .int("version")
        .index(&["defect_id"])
        .index(&["attempt_id"])
        .index(&["unit_id", "state"])
        .index(&["project_id", "state"])
        .index(&["project_id", "sha256"])
}
