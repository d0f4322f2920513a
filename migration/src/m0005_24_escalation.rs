//! Which steps of escalation a defect has gone through since its due time was set.

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
        // Since when the defect is escalated; null while it is not.
        add(manager, Columns::of("defects").micros("escalated_at")).await
    }
}
