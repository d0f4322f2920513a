//! The state of defects and unit inspections as owners and contractors read it: versions that count only the steps that
//! they are shown, the due clock of a defect without holds and disputes, the lateness of a repair by that clock, and
//! one removal of each defect that an owner does not see any more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Columns, add};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let defects = Columns::of("defects")
            .int_or("shown_version", 1)
            .micros("shown_assigned_at")
            .micros("shown_due_at")
            .big_or("shown_due_order", i64::MAX)
            .micros("shown_stopped_at");
        add(manager, defects).await?;
        add(manager, Columns::of("defect_fields").int("shown_version")).await?;
        add(manager, Columns::of("repair_attempts").optional_flag("shown_late")).await?;
        add(manager, Columns::of("unit_inspections").int_or("shown_version", 1).json("company_records")).await?;
        let connection = manager.get_connection();
        let moved = moved_defects(manager.get_database_backend());
        for statement in [DEFECTS, FIELDS, INSPECTIONS, moved.as_str(), CLOCKS, VOID_DEFECTS, CLOCKS] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The versions that clients hold stay valid, because the new ones continue from the newest. A clock that is stopped by
/// a hold or a dispute runs for owners.
const DEFECTS: &str = "UPDATE defects SET shown_version = version, shown_assigned_at = assigned_at, \
    shown_due_at = due_at, shown_due_order = due_order, \
    shown_stopped_at = CASE WHEN status IN ('FIXED', 'CLOSED', 'VOID') THEN clock_stopped_at END";

const FIELDS: &str = "UPDATE defect_fields SET shown_version = version";

const INSPECTIONS: &str = "UPDATE unit_inspections SET shown_version = version";

/// One removal for the owners of each earlier unit of a defect.
fn moved_defects(backend: DbBackend) -> String {
    let unit = match backend {
        DbBackend::Postgres => "CAST(m.unit_id AS text)".to_owned(),
        // SQLite stores an id as 16 bytes.
        _ => {
            let part = |from: u32, length: u32| format!("substr(lower(hex(m.unit_id)), {from}, {length})");
            [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
        }
    };
    format!(
        "INSERT INTO changes (project_id, object_kind, object_id, seq, unit_id, deleted, recorded_at) \
         SELECT m.project_id, 'DEFECT_FOR_OWNERS_OF_' || {unit}, m.object_id, \
             c.seq + ROW_NUMBER() OVER (PARTITION BY m.project_id ORDER BY m.object_id, m.unit_id), \
             m.unit_id, FALSE, m.recorded_at \
         FROM (SELECT e.project_id, e.object_id, e.unit_id, MAX(e.recorded_at) AS recorded_at \
               FROM events e JOIN defects d ON d.id = e.object_id \
               WHERE e.name = 'DEFECT_MOVED' AND e.unit_id <> d.unit_id \
               GROUP BY e.project_id, e.object_id, e.unit_id) m \
         JOIN project_clock c ON c.project_id = m.project_id"
    )
}

/// One removal of each void defect that owners do not see.
const VOID_DEFECTS: &str = "INSERT INTO changes (project_id, object_kind, object_id, seq, unit_id, deleted, recorded_at) \
    SELECT d.project_id, 'DEFECT_FOR_READERS_BEFORE_VOID', d.id, \
        c.seq + ROW_NUMBER() OVER (PARTITION BY d.project_id ORDER BY d.id), d.unit_id, FALSE, d.updated_at \
    FROM defects d JOIN project_clock c ON c.project_id = d.project_id \
    WHERE d.status = 'VOID' AND NOT d.owner_finding";

const CLOCKS: &str = "UPDATE project_clock SET seq = \
    (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id) \
    WHERE seq < (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id)";
