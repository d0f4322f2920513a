//! Defects that were reopened after their first attempt: their first attempt did not pass, whichever command reopened
//! them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = "UPDATE defects SET first_attempt_passed = FALSE \
             WHERE first_attempt_passed AND reopened_count > 0 AND EXISTS (\
               SELECT 1 FROM events r WHERE r.defect_id = defects.id AND r.name = 'DEFECT_REOPENED' AND (\
                 SELECT COUNT(*) FROM events f WHERE f.defect_id = defects.id \
                 AND f.name = 'DEFECT_REPORTED_FIXED' AND f.seq < r.seq) = 1)";
        manager.get_connection().execute_unprepared(statement).await.map(drop)
    }
}
