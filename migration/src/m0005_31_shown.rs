//! The time of a defect's last change that its owner is shown. Existing rows get the time of the newest change that
//! reaches owners; changes that are hidden from owners are stored under another kind.

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
        add(manager, Columns::of("defects").micros("shown_updated_at")).await?;
        let statement = "UPDATE defects SET shown_updated_at = (\
               SELECT c.recorded_at FROM changes c WHERE c.project_id = defects.project_id \
               AND c.object_kind = 'DEFECT' AND c.object_id = defects.id)";
        manager.get_connection().execute_unprepared(statement).await.map(drop)
    }
}
