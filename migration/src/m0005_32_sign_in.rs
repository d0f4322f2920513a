//! The time at which the acceptance of an invitation was first refused because of the login; counted for each inviter.

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
        add(manager, Columns::of("one_time_links").micros("sign_in_first_at")).await?;
        manager.create_index(index("one_time_links", &["made_by", "sign_in_first_at"])).await
    }
}
