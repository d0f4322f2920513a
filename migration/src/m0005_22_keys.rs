//! Keys by which texts and places are compared and sorted. The program computes them, because the databases fold
//! letters and sort texts in different ways. It fills them for existing rows at its first start.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Columns, add, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, Columns::of("units").text("search").text("code_key").int("order_version")).await?;
        add(manager, Columns::of("defects").int("search_version")).await?;
        manager.create_index(index("units", &["project_id", "code_key"])).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // By code point, as SQLite sorts, independent of the database's locale.
            let sorted = r#"ALTER TABLE units ALTER COLUMN code TYPE text COLLATE "C""#;
            manager.get_connection().execute_unprepared(sorted).await?;
        }
        Ok(())
    }
}
