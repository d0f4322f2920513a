//! Inboxes: what people hear of their work.

use sea_orm_migration::prelude::*;

use crate::table::{Table, create, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [inbox_entries()]).await?;
        let mut unread = index("inbox_entries", &["person_id", "project_id"]);
        unread.and_where(Expr::cust("read_at IS NULL"));
        manager.create_index(unread).await?;
        // What the digests look for: few of the rows.
        let mut untold = index("inbox_entries", &["created_at", "person_id"]);
        untold.and_where(Expr::cust("digested_at IS NULL AND read_at IS NULL"));
        manager.create_index(untold).await
    }
}

/// An entry names what it is about and holds no text of it: whoever may not see that any more does not see the entry.
/// Without foreign keys to people and defects, because those would lock their rows, in an order of their own.
fn inbox_entries() -> Table {
    Table::new("inbox_entries")
        .id()
        .refers("project_id", "projects")
        .uuid("person_id")
        .text("kind")
        .maybe_uuid("defect_id")
        .maybe_uuid("comment_id")
        .maybe_uuid("pending_edit_id")
        .maybe_uuid("device_id")
        // The same cause comes to a person once; null for the causes that are events.
        .maybe_text("cause")
        .micros("created_at")
        .maybe_micros("read_at")
        // When a digest told of it, or was to.
        .maybe_micros("digested_at")
        .unique(&["person_id", "kind", "cause"])
        .index(&["person_id", "created_at", "id"])
        .index(&["defect_id"])
        .index(&["created_at"])
}
