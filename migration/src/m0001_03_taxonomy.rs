//! A project's vocabulary, responsibility rules and checklists.

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
        create(
            manager,
            [
                terms(),
                defect_types(),
                measurement_rules(),
                responsibility_rules(),
                checklists(),
                checklist_versions(),
                checklist_items(),
            ],
        )
        .await
    }
}

fn terms() -> Table {
    Table::new("terms")
        .id()
        .refers("project_id", "projects")
        .text("kind")
        .text("code")
        .text("zh")
        .text("en")
        .int("sort")
        .json("data")
        .unique(&["project_id", "kind", "code"])
}

fn defect_types() -> Table {
    Table::new("defect_types")
        .id()
        .refers("project_id", "projects")
        .text("code")
        .text("part")
        .text("trade")
        .text("zh")
        .text("en")
        .text("severity")
        .text("category")
        .int("days")
        .text("fitout")
        .maybe_text("warranty")
        .unique(&["project_id", "code"])
}

fn measurement_rules() -> Table {
    Table::new("measurement_rules")
        .id()
        .refers("project_id", "projects")
        .text("code")
        .text("zh")
        .text("en")
        .text("unit_of_measure")
        .text("kind")
        .maybe_text("tolerance_min")
        .maybe_text("tolerance_max")
        .text("method_zh")
        .text("method_en")
        .text("source")
        .unique(&["project_id", "code"])
}

fn responsibility_rules() -> Table {
    Table::new("responsibility_rules")
        .id()
        .refers("project_id", "projects")
        .maybe_text("trade")
        .maybe_refers("building_id", "buildings")
        .maybe_text("unit_kind")
        .refers("company_id", "companies")
        .int("priority")
        .int("version")
        .index(&["project_id"])
}

fn checklists() -> Table {
    Table::new("checklists")
        .id()
        .refers("project_id", "projects")
        .text("name")
        .int("version")
        .micros("created_at")
        .index(&["project_id"])
}

fn checklist_versions() -> Table {
    Table::new("checklist_versions")
        .id()
        .refers("project_id", "projects")
        .refers("checklist_id", "checklists")
        .int("number")
        .maybe_micros("frozen_at")
        .micros("created_at")
        .unique(&["checklist_id", "number"])
}

fn checklist_items() -> Table {
    Table::new("checklist_items")
        .id()
        .refers("project_id", "projects")
        .refers("checklist_version_id", "checklist_versions")
        .text("code")
        .text("room_type")
        .maybe_text("part")
        .text("zh")
        .text("en")
        .flag("mandatory")
        .maybe_text("measurement_code")
        .int("sort")
        .unique(&["checklist_version_id", "code"])
}
