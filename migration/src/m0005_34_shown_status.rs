//! Where owners read that a defect stands: a dispute, and another company that follows from it, do not move it. The same
//! of the lineage of closed rounds and of signed contents.

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
        add(manager, Columns::of("defects").text_or("shown_status", "OPEN").text("shown_status_before_void")).await?;
        add(manager, Columns::of("lineage_entries").text_or("shown_status", "OPEN")).await?;
        add(manager, Columns::of("signed_contents").json("shown_statuses")).await?;
        let connection = manager.get_connection();
        for statement in [defects().as_str(), lineage_entries().as_str(), CHANGES, CLOCKS] {
            connection.execute_unprepared(statement).await?;
        }
        manager.create_index(index("defects", &["unit_id", "shown_status"])).await
    }
}

/// Where a defect stood before its newest dispute among these rows of events, by the event of the dispute.
fn before_dispute(events: &str) -> String {
    format!(
        "COALESCE((SELECT e.from_status FROM {events} AND e.name = 'DEFECT_DISPUTED' \
             AND e.from_status IN ('ASSIGNED', 'IN_PROGRESS', 'REWORK') ORDER BY e.seq DESC, e.id DESC LIMIT 1), \
         'ASSIGNED')"
    )
}

/// Owners go on from what they have read, but for disputes that go on, also of defects that were merged meanwhile.
fn defects() -> String {
    let before = before_dispute("events e WHERE e.defect_id = defects.id");
    format!(
        "UPDATE defects SET \
             shown_status = CASE status WHEN 'DISPUTED' THEN {before} ELSE status END, \
             shown_status_before_void = CASE WHEN status <> 'VOID' THEN NULL \
                 WHEN status_before_void = 'DISPUTED' THEN {before} ELSE status_before_void END"
    )
}

fn lineage_entries() -> String {
    let before = before_dispute(
        "events e JOIN rounds r ON e.recorded_at <= r.closed_at \
         WHERE r.id = lineage_entries.round_id AND e.defect_id = lineage_entries.defect_id",
    );
    format!("UPDATE lineage_entries SET shown_status = CASE status WHEN 'DISPUTED' THEN {before} ELSE status END")
}

/// The copies that owners hold have been told of a disputed defect that it is assigned.
const CHANGES: &str = "UPDATE changes SET seq = \
        (SELECT c.seq FROM project_clock c WHERE c.project_id = changes.project_id) \
        + (SELECT COUNT(*) FROM defects d WHERE d.project_id = changes.project_id AND d.id <= changes.object_id \
           AND d.status = 'DISPUTED' AND d.shown_status <> 'ASSIGNED') \
    WHERE object_kind = 'DEFECT' AND object_id IN \
        (SELECT d.id FROM defects d WHERE d.status = 'DISPUTED' AND d.shown_status <> 'ASSIGNED')";

const CLOCKS: &str = "UPDATE project_clock SET seq = \
    (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id) \
    WHERE seq < (SELECT MAX(c.seq) FROM changes c WHERE c.project_id = project_clock.project_id)";
