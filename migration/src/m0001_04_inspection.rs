//! Rounds, unit inspections, results, measurements and signatures.

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
        create(manager, [rounds(), round_units(), unit_inspections(), check_results(), measurements(), signatures()])
            .await
    }
}

fn rounds() -> Table {
    Table::new("rounds")
        .id()
        .refers("project_id", "projects")
        .int("number")
        .text("stage")
        .text("name")
        .code("status", &["DRAFT", "OPEN", "CLOSED"])
        .json("required_parties")
        .refers("checklist_version_id", "checklist_versions")
        .maybe_text("planned_from")
        .maybe_text("planned_to")
        .maybe_micros("opened_at")
        .maybe_micros("closed_at")
        .int("version")
        .refers("created_by", "people")
        .micros("created_at")
        .unique(&["project_id", "number"])
}

fn round_units() -> Table {
    Table::new("round_units").refers("round_id", "rounds").refers("unit_id", "units").key(&["round_id", "unit_id"])
}

fn unit_inspections() -> Table {
    Table::new("unit_inspections")
        .id()
        .refers("project_id", "projects")
        .refers("round_id", "rounds")
        .refers("unit_id", "units")
        .code("status", &["PLANNED", "IN_PROGRESS", "SUBMITTED", "SIGNED", "INACCESSIBLE"])
        .maybe_micros("started_at")
        .maybe_micros("submitted_at")
        .maybe_refers("submitted_by", "people")
        .maybe_text("inaccessible_reason")
        .int("submission_no")
        .maybe_bytes("content_hash")
        .int("version")
        .unique(&["round_id", "unit_id"])
        .index(&["unit_id"])
        .index(&["project_id", "status"])
}

fn check_results() -> Table {
    Table::new("check_results")
        .id()
        .refers("project_id", "projects")
        .refers("inspection_id", "unit_inspections")
        .refers("room_id", "rooms")
        .refers("item_id", "checklist_items")
        .refers("company_id", "companies")
        .text("party")
        .code("result", &["PASS", "FAIL", "NOT_APPLICABLE", "NOT_ACCESSIBLE"])
        .maybe_text("note")
        // The measurement that gave the result by its rule; null for a result that a person gave.
        .maybe_uuid("measurement_id")
        .refers("person_id", "people")
        .micros("occurred_at")
        .micros("recorded_at")
        .int("version")
        .unique(&["inspection_id", "room_id", "item_id", "company_id"])
}

fn measurements() -> Table {
    Table::new("measurements")
        .id()
        .refers("project_id", "projects")
        .refers("inspection_id", "unit_inspections")
        .refers("room_id", "rooms")
        .refers("item_id", "checklist_items")
        .text("rule_code")
        .refers("company_id", "companies")
        .text("party")
        .maybe_text("design")
        .json("readings")
        .int("out_of_tolerance")
        .flag("in_tolerance")
        .refers("person_id", "people")
        .micros("occurred_at")
        .micros("recorded_at")
        .int("version")
        .unique(&["inspection_id", "room_id", "item_id", "company_id"])
}

fn signatures() -> Table {
    Table::new("signatures")
        .id()
        .refers("project_id", "projects")
        .text("subject_kind")
        .uuid("subject_id")
        .int("submission_no")
        .text("party")
        .refers("person_id", "people")
        .maybe_refers("company_id", "companies")
        .text("role")
        .text("signer_name")
        .maybe_uuid("photo_id")
        .bytes("content_hash")
        .micros("occurred_at")
        .micros("recorded_at")
        .maybe_micros("superseded_at")
        .index(&["subject_id"])
}
