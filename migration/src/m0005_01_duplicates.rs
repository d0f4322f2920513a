//! Facts that merges, disputes and signatures keep: the defect that a person named as the original of a duplicate, the
//! status of a defect before its dispute, and the contractors that a round requires to sign.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, add};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, Columns::of("defects").uuid("named_duplicate_of")).await?;
        add(manager, Columns::of("disputes").text("status_before")).await?;
        add(manager, Columns::of("rounds").json("required_contractors")).await
    }
}
