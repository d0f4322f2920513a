//! Waived blockers and owners' reviews.

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
        create(manager, [readiness_waivers(), unit_reviews()]).await
    }
}

fn readiness_waivers() -> Table {
    Table::new("readiness_waivers")
        .id()
        .refers("project_id", "projects")
        .refers("unit_id", "units")
        .text("blocker")
        .maybe_uuid("subject_id")
        .refers("person_id", "people")
        .text("reason")
        .micros("recorded_at")
        .maybe_micros("revoked_at")
        .index(&["unit_id"])
        .index(&["project_id"])
}

fn unit_reviews() -> Table {
    Table::new("unit_reviews")
        .id()
        .refers("project_id", "projects")
        .refers("unit_id", "units")
        .refers("person_id", "people")
        .maybe_int("rating")
        .text("body")
        .maybe_refers("signature_photo_id", "photos")
        .json("content")
        .bytes("content_hash")
        .micros("occurred_at")
        .micros("recorded_at")
        .index(&["unit_id"])
}
