//! Daily quotas, the expiry of refused operations, the signature photo by unit, and a change number for each verdict.

use sea_orm_migration::prelude::*;

use crate::table::{Table, create};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [quota_usage()]).await?;
        let connection = manager.get_connection();
        for statement in [REFUSED_BY_AGE, SIGNATURES_BY_PHOTO, VERDICT_CHANGES, CLOCKS] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The number of objects that a person added in one day; the nil project is for objects without a project.
fn quota_usage() -> Table {
    Table::new("quota_usage")
        .uuid("project_id")
        .uuid("person_id")
        .big("day")
        .text("quota")
        .big("used")
        .key(&["project_id", "person_id", "day", "quota"])
        .index(&["day"])
}

const REFUSED_BY_AGE: &str =
    "CREATE INDEX ix_operations_refused ON operations (recorded_at) WHERE outcome = 'REJECTED'";

const SIGNATURES_BY_PHOTO: &str =
    "CREATE INDEX ix_signatures_photo_id ON signatures (photo_id) WHERE photo_id IS NOT NULL";

/// Verdicts had no change number before, so tablets never received them.
const VERDICT_CHANGES: &str = "INSERT INTO changes (project_id, object_kind, object_id, seq, unit_id, deleted, recorded_at) \
    SELECT v.project_id, 'VERDICT', v.id, \
        c.seq + ROW_NUMBER() OVER (PARTITION BY v.project_id ORDER BY v.recorded_at, v.id), \
        d.unit_id, FALSE, v.recorded_at \
    FROM verdicts v JOIN defects d ON d.id = v.defect_id JOIN project_clock c ON c.project_id = v.project_id \
    WHERE NOT EXISTS (SELECT 1 FROM changes k \
        WHERE k.project_id = v.project_id AND k.object_kind = 'VERDICT' AND k.object_id = v.id)";

const CLOCKS: &str = "UPDATE project_clock SET seq = \
    (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id) \
    WHERE seq < (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id)";
