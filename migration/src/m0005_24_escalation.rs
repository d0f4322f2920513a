//! The steps of escalation that a defect has reached since its due time was set.

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
        let steps = Table::new("escalations")
            .refers("project_id", "projects")
            .refers("defect_id", "defects")
            .text("step")
            .micros("due_at")
            .micros("recorded_at")
            .key(&["defect_id", "step"]);
        create(manager, [steps]).await?;
        // The time of the escalation; null for defects that are not escalated.
        add(manager, Columns::of("defects").micros("escalated_at")).await
    }
}
