//! What is known of photos beyond their bytes: who announced them from which device, what the camera says, that they
//! were written off, what was drawn on them, and which objects are on their way out.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, Table, add, create};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, photos()).await?;
        // The care asks which objects are still somebody's.
        let object_key = Index::create()
            .name("ix_photos_object_key")
            .table(Alias::new("photos"))
            .col(Alias::new("object_key"))
            .to_owned();
        manager.create_index(object_key).await?;
        create(manager, [condemned_objects()]).await
    }
}

fn photos() -> Columns {
    Columns::of("photos")
        .uuid("device_id")
        .text("device_name")
        .text("multipart_id")
        .micros("written_off_at")
        .uuid("written_off_by")
        .text("write_off_reason")
        .text("taken_local")
        .int("taken_offset")
        .text("camera")
        .int("orientation")
        .bytes("placeholder")
        .int("duration_ms")
        .micros("webp_at")
        .json("markup")
        .uuid("markup_by")
        .micros("markup_at")
        .text("marked_key")
        .micros("removed_at")
}

/// Keys that no photo may take any more, since their objects are being removed.
fn condemned_objects() -> Table {
    Table::new("condemned_objects").text("key").micros("condemned_at").key(&["key"])
}
