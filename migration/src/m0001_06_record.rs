//! Events, change numbers, reserved ids and jobs.

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
        create(manager, [events(), changes(), client_ids(), jobs()]).await?;
        append_only(manager, &["events"]).await
    }
}

fn events() -> Table {
    Table::new("events")
        .id()
        .refers("project_id", "projects")
        .big("seq")
        .text("object_kind")
        .uuid("object_id")
        .maybe_uuid("unit_id")
        .maybe_uuid("defect_id")
        .text("name")
        .maybe_text("from_status")
        .maybe_text("to_status")
        .maybe_uuid("person_id")
        .maybe_uuid("company_id")
        .maybe_text("role")
        .maybe_text("party")
        .text("visible_to")
        .micros("occurred_at")
        .micros("recorded_at")
        .maybe_text("reason")
        .json("data")
        .index(&["object_id", "seq"])
        .index(&["project_id", "seq"])
        .index(&["defect_id", "seq"])
}

fn changes() -> Table {
    Table::new("changes")
        .refers("project_id", "projects")
        .text("object_kind")
        .uuid("object_id")
        .big("seq")
        .maybe_uuid("unit_id")
        .flag("deleted")
        .micros("recorded_at")
        .key(&["project_id", "object_kind", "object_id"])
        .unique(&["project_id", "seq"])
}

fn client_ids() -> Table {
    Table::new("client_ids").id().text("kind").uuid("person_id").bytes("fingerprint").micros("recorded_at")
}

fn jobs() -> Table {
    Table::new("jobs")
        .id()
        .text("kind")
        .json("payload")
        .int("payload_version")
        .maybe_uuid("project_id")
        .micros("run_at")
        .int("attempts")
        .int("max_attempts")
        .maybe_micros("lease_until")
        .maybe_uuid("lease_token")
        .maybe_micros("done_at")
        .maybe_micros("failed_at")
        .maybe_text("last_error")
        .micros("created_at")
        .index(&["done_at", "failed_at", "run_at"])
}
