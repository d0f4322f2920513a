//! Roles and ownerships that begin and end: a person may have several rows in a project, one of them active.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, add, index, unique_index_where};

/// The condition of active rows.
const ACTIVE: &str = "active";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in
            [("memberships", ["project_id", "person_id"]), ("unit_owners", ["unit_id", "person_id"])]
        {
            let name = format!("ux_{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
            manager.create_index(unique_index_where(table, &columns, ACTIVE)).await?;
            // Ended rows are read, too.
            manager.create_index(index(table, &columns)).await?;
        }
        let ended = |table| Columns::of(table).micros("added_at").uuid("added_by").micros("ended_at").uuid("ended_by");
        add(manager, ended("memberships").text("end_reason")).await?;
        // Calendar days in the project's time zone, because an ownership follows the land register and not this
        // program's clock.
        add(manager, ended("unit_owners").text("from_day").text("until_day").text("end_reason").text("end_note")).await
    }
}
