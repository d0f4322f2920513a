//! Projects, companies, places and owners.

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
                projects(),
                project_clock(),
                companies(),
                memberships(),
                buildings(),
                unit_types(),
                unit_type_plans(),
                unit_type_rooms(),
                units(),
                rooms(),
                unit_owners(),
            ],
        )
        .await
    }
}

fn projects() -> Table {
    Table::new("projects")
        .id()
        .text("code")
        .unique(&["code"])
        .text("name")
        .text("time_zone")
        .json("policy")
        .uuid("epoch")
        .int("version")
        .micros("created_at")
}

fn project_clock() -> Table {
    Table::new("project_clock").refers("project_id", "projects").big("seq").big("defect_no").key(&["project_id"])
}

fn companies() -> Table {
    Table::new("companies")
        .id()
        .refers("project_id", "projects")
        .text("code")
        .text("name")
        .text("kind")
        .int("version")
        .unique(&["project_id", "code"])
}

fn memberships() -> Table {
    Table::new("memberships")
        .id()
        .refers("project_id", "projects")
        .refers("person_id", "people")
        .refers("company_id", "companies")
        .text("role")
        .flag("active")
        .unique(&["project_id", "person_id"])
        .index(&["person_id"])
        .index(&["company_id"])
}

fn buildings() -> Table {
    Table::new("buildings")
        .id()
        .refers("project_id", "projects")
        .text("code")
        .text("name")
        .int("floors")
        .int("sort")
        .unique(&["project_id", "code"])
}

fn unit_types() -> Table {
    Table::new("unit_types")
        .id()
        .refers("project_id", "projects")
        .text("code")
        .text("name")
        .text("fitout")
        .maybe_text("area")
        .maybe_uuid("current_plan_id")
        .unique(&["project_id", "code"])
}

fn unit_type_plans() -> Table {
    Table::new("unit_type_plans")
        .id()
        .refers("project_id", "projects")
        .refers("unit_type_id", "unit_types")
        .int("number")
        .maybe_text("object_key")
        .text("content_type")
        .int("width")
        .int("height")
        .maybe_bytes("sha256")
        .micros("created_at")
        .unique(&["unit_type_id", "number"])
}

fn unit_type_rooms() -> Table {
    Table::new("unit_type_rooms")
        .id()
        .refers("project_id", "projects")
        .refers("unit_type_id", "unit_types")
        .text("code")
        .text("name")
        .text("room_type")
        .json("outline")
        .int("sort")
        .unique(&["unit_type_id", "code"])
}

fn units() -> Table {
    Table::new("units")
        .id()
        .refers("project_id", "projects")
        .refers("building_id", "buildings")
        .maybe_refers("unit_type_id", "unit_types")
        .text("code")
        .maybe_text("entrance")
        .int("floor")
        .text("kind")
        .big("place_order")
        .maybe_micros("opened_at")
        .maybe_refers("opened_by", "people")
        .int("version")
        .unique(&["project_id", "code"])
        .index(&["building_id", "place_order"])
        .index(&["project_id", "place_order", "id"])
        .index(&["unit_type_id"])
}

fn rooms() -> Table {
    Table::new("rooms")
        .id()
        .refers("project_id", "projects")
        .refers("unit_id", "units")
        .maybe_refers("unit_type_room_id", "unit_type_rooms")
        .text("code")
        .text("name")
        .text("room_type")
        .int("sort")
        .unique(&["unit_id", "code"])
        .index(&["project_id"])
}

fn unit_owners() -> Table {
    Table::new("unit_owners")
        .id()
        .refers("project_id", "projects")
        .refers("unit_id", "units")
        .refers("person_id", "people")
        .text("kind")
        .flag("active")
        .unique(&["unit_id", "person_id"])
        .index(&["person_id"])
        .index(&["project_id"])
}
