//! Findings that come after the inspection was submitted, and when the content of a submission was taken.

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
        // The unit inspection that a defect came too late for; null for defects that came in time or outside of any.
        add(manager, Columns::of("defects").uuid("late_for_id")).await?;
        manager.create_index(index("defects", &["late_for_id"])).await?;
        // The server's time of the submission: `submitted_at` is the device's.
        add(manager, Columns::of("unit_inspections").micros("content_at")).await
    }
}
