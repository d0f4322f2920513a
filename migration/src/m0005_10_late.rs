//! Late findings, which come after the submission of their inspection, and the server's time of submissions.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, add, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The unit inspection for which a defect came too late; null for all other defects.
        add(manager, Columns::of("defects").uuid("late_for_id")).await?;
        manager.create_index(index("defects", &["late_for_id"])).await?;
        // The server's time of the submission, because `submitted_at` is the device's.
        add(manager, Columns::of("unit_inspections").micros("content_at")).await
    }
}
