//! Defects with their attempts, verdicts, disputes and comments.

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
        create(manager, [defects(), defect_companies(), repair_attempts(), verdicts(), disputes(), defect_comments()])
            .await?;
        append_only(manager, &["verdicts"]).await
    }
}

fn defects() -> Table {
    Table::new("defects")
        .id()
        .refers("project_id", "projects")
        .big("number")
        .refers("unit_id", "units")
        .refers("building_id", "buildings")
        .maybe_refers("room_id", "rooms")
        .text("part")
        .text("type_code")
        .text("description")
        .code("severity", &["CRITICAL", "MAJOR", "MINOR", "COSMETIC"])
        .int("severity_rank")
        .text("category")
        .text("trade")
        .code("status", &["OPEN", "ASSIGNED", "IN_PROGRESS", "FIXED", "REWORK", "DISPUTED", "CLOSED", "VOID"])
        .maybe_double("pin_x")
        .maybe_double("pin_y")
        .maybe_refers("plan_id", "unit_type_plans")
        .maybe_refers("round_id", "rounds")
        .maybe_refers("inspection_id", "unit_inspections")
        .maybe_refers("check_item_id", "checklist_items")
        .refers("raised_by", "people")
        .maybe_refers("raised_company_id", "companies")
        .text("raised_party")
        .flag("owner_finding")
        .maybe_refers("responsible_company_id", "companies")
        .maybe_refers("assignee_id", "people")
        .maybe_micros("assigned_at")
        .maybe_micros("due_at")
        .big("due_order")
        .maybe_micros("clock_stopped_at")
        .maybe_text("hold_reason")
        .maybe_micros("held_since")
        .int("attempt_count")
        .int("failed_count")
        .int("reopened_count")
        .maybe_flag("first_attempt_passed")
        .maybe_micros("fixed_at")
        .maybe_micros("closed_at")
        .maybe_text("void_reason")
        .maybe_refers("duplicate_of", "defects")
        .maybe_text("status_before_void")
        .big("place_order")
        .text("search")
        .micros("occurred_at")
        .micros("recorded_at")
        .micros("updated_at")
        .int("version")
        .index(&["project_id", "number"])
        // A defect gets its number last in its transaction; the column is null until then.
        .unique_where(&["project_id", "number"], "number > 0")
        .index(&["project_id", "status", "due_order", "id"])
        .index(&["project_id", "due_order", "id"])
        .index(&["project_id", "severity_rank", "id"])
        .index(&["project_id", "status", "severity_rank", "id"])
        .index(&["project_id", "place_order", "id"])
        .index(&["project_id", "status", "place_order", "id"])
        .index(&["project_id", "status", "number", "id"])
        .index(&["responsible_company_id", "status", "due_order", "id"])
        .index(&["assignee_id", "status", "due_order", "id"])
        .index(&["project_id", "trade", "due_order", "id"])
        .index(&["unit_id", "status"])
        .index(&["room_id", "number"])
        .index(&["building_id", "status", "due_order", "id"])
        .index(&["round_id", "due_order", "id"])
        .index(&["duplicate_of"])
        .index(&["inspection_id"])
        .check("pin_x >= 0 AND pin_x <= 1 AND pin_y >= 0 AND pin_y <= 1")
        .check("(pin_x IS NULL) = (pin_y IS NULL)")
        .check("(held_since IS NULL) = (hold_reason IS NULL)")
        .check("duplicate_of <> id")
        .check("void_reason NOT IN ('DUPLICATE', 'MERGED') OR duplicate_of IS NOT NULL")
}

fn defect_companies() -> Table {
    Table::new("defect_companies")
        .refers("defect_id", "defects")
        .refers("company_id", "companies")
        .micros("since")
        .key(&["defect_id", "company_id"])
        .index(&["company_id", "defect_id"])
}

fn repair_attempts() -> Table {
    Table::new("repair_attempts")
        .id()
        .refers("project_id", "projects")
        .refers("defect_id", "defects")
        .int("number")
        .refers("company_id", "companies")
        .refers("person_id", "people")
        .maybe_text("note")
        .code("status", &["PENDING", "PASSED", "FAILED"])
        .micros("occurred_at")
        .micros("recorded_at")
        .flag("late")
        .unique(&["defect_id", "number"])
        .index(&["project_id", "number", "late"])
}

fn verdicts() -> Table {
    Table::new("verdicts")
        .id()
        .refers("project_id", "projects")
        .refers("defect_id", "defects")
        .refers("attempt_id", "repair_attempts")
        .text("party")
        .maybe_refers("company_id", "companies")
        .refers("person_id", "people")
        .text("role")
        .flag("passed")
        .maybe_text("note")
        .micros("occurred_at")
        .micros("recorded_at")
        .unique(&["attempt_id", "party"])
        .index(&["defect_id"])
        .index(&["project_id", "passed"])
}

fn disputes() -> Table {
    Table::new("disputes")
        .id()
        .refers("project_id", "projects")
        .refers("defect_id", "defects")
        .refers("company_id", "companies")
        .refers("person_id", "people")
        .text("ground")
        .text("reason")
        .micros("occurred_at")
        .micros("recorded_at")
        .maybe_text("resolution")
        .maybe_refers("resolved_by", "people")
        .maybe_micros("resolved_at")
        .maybe_text("resolution_note")
        .index(&["defect_id"])
}

fn defect_comments() -> Table {
    Table::new("defect_comments")
        .id()
        .refers("project_id", "projects")
        .refers("defect_id", "defects")
        .refers("person_id", "people")
        .maybe_refers("company_id", "companies")
        .text("party")
        .text("visibility")
        .text("body")
        .micros("occurred_at")
        .micros("recorded_at")
        .index(&["defect_id"])
}
