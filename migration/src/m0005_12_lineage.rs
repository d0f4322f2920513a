//! The outcome of each defect at the close of its round.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, Table, add, create, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [lineage_entries()]).await?;
        manager.create_index(index("events", &["unit_id", "occurred_at"])).await?;
        // Null for open rounds, and for rounds that an earlier version closed, until the first start has frozen their
        // lineage.
        add(manager, Columns::of("rounds").micros("lineage_frozen_at")).await
    }
}

fn lineage_entries() -> Table {
    Table::new("lineage_entries")
        .refers("round_id", "rounds")
        .refers("defect_id", "defects")
        .refers("unit_id", "units")
        .text("outcome")
        .text("status")
        // The people with access to the unit between the repair and the new damage, for regressed defects.
        .json("access")
        .key(&["round_id", "defect_id"])
        .index(&["round_id", "unit_id"])
}
