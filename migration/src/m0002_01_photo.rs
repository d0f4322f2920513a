//! Further facts about photos: the announcing person and device, the camera's metadata, write-offs, annotations, and
//! objects that are being removed.

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
        // Index for the garbage collection, which looks up whether an object is referenced.
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

/// Keys that no photo may take any more, because their objects are being removed.
fn condemned_objects() -> Table {
    Table::new("condemned_objects").text("key").micros("condemned_at").key(&["key"])
}
