//! Sync: pushed operations with their results, pending edits, the last change of each field of a defect, and the
//! devices of each project.

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
        create(manager, [operations(), pending_edits(), defect_fields(), devices()]).await?;
        for table in ["check_results", "measurements"] {
            add(manager, Columns::of(table).int("changed_in").uuid("changed_device")).await?;
        }
        Ok(())
    }
}

/// The result of each operation that a device pushed.
fn operations() -> Table {
    Table::new("operations")
        .id()
        .refers("person_id", "people")
        .uuid("device_id")
        .maybe_refers("project_id", "projects")
        .text("command")
        .json("input")
        .bytes("fingerprint")
        .text("outcome")
        .text("object_kind")
        .uuid("object_id")
        .maybe_uuid("unit_id")
        .json("answer")
        .maybe_micros("occurred_at")
        .micros("recorded_at")
        .index(&["person_id", "recorded_at", "id"])
        .index(&["object_id"])
        .index(&["recorded_at"])
}

/// Operations that could not be applied as they were, kept until a person decides on them.
fn pending_edits() -> Table {
    Table::new("pending_edits")
        .id()
        .refers("project_id", "projects")
        .maybe_refers("unit_id", "units")
        .text("object_kind")
        .uuid("object_id")
        .refers("person_id", "people")
        .maybe_refers("company_id", "companies")
        .text("role")
        .uuid("device_id")
        .text("command")
        .json("input")
        .text("reason")
        .json("answer")
        .text("state")
        .maybe_refers("settled_by", "people")
        .maybe_micros("settled_at")
        .maybe_text("note")
        .maybe_micros("occurred_at")
        .micros("recorded_at")
        .index(&["project_id", "state", "recorded_at", "id"])
        .index(&["person_id"])
        .index(&["object_id"])
}

/// The last change of each field of a defect: version, person and device.
fn defect_fields() -> Table {
    Table::new("defect_fields")
        .refers("defect_id", "defects")
        .text("field")
        .int("version")
        .maybe_uuid("person_id")
        .maybe_uuid("device_id")
        .micros("recorded_at")
        .key(&["defect_id", "field"])
}

/// A person's device in a project: the progress of its push and pull, and the pending work that it reported.
fn devices() -> Table {
    Table::new("devices")
        .refers("project_id", "projects")
        .uuid("device_id")
        .refers("person_id", "people")
        .maybe_uuid("company_id")
        .text("role")
        .maybe_text("name")
        .micros("first_seen_at")
        .maybe_micros("last_push_at")
        .maybe_micros("last_pull_at")
        .maybe_big("pulled_seq")
        .maybe_micros("reported_at")
        .json("waiting")
        .maybe_micros("excused_at")
        .maybe_refers("excused_by", "people")
        .maybe_text("excuse")
        .key(&["project_id", "device_id", "person_id"])
}
