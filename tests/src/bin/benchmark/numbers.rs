//! Change numbers and events of defects that were inserted into the database instead of logged.

use sqlx::postgres::PgConnection;

use crate::Fault;
use crate::stock::{execute, id};

/// The number of events of each defect.
const EVENTS: usize = 2;

/// Gives each defect a change number after those of the import, in the order of their numbers, and its events.
pub(crate) async fn give(connection: &mut PgConnection) -> Result<(), Fault> {
    let changes = "INSERT INTO changes (project_id, object_kind, object_id, seq, unit_id, deleted, recorded_at)
        SELECT d.project_id, 'DEFECT', d.id, c.seq + d.number, d.unit_id, FALSE, 1771000000000000
        FROM defects d JOIN project_clock c ON c.project_id = d.project_id ORDER BY d.number";
    let id = id('e');
    let events = format!(
        "INSERT INTO events (id, project_id, seq, object_kind, object_id, unit_id, defect_id, name, to_status,
            person_id, visible_to, occurred_at, recorded_at, data)
         SELECT {id}, project_id, seq, 'DEFECT', object_id, unit_id, object_id, name, 'OPEN', person_id, 'OWNER',
            1771000000000000, 1771000000000000, 'null'
         FROM (SELECT d.project_id, c.seq + d.number AS seq, d.id AS object_id, d.unit_id, d.raised_by AS person_id,
                    CASE n WHEN 1 THEN 'DEFECT_LOGGED' ELSE 'DEFECT_UPDATED' END AS name, d.number * {EVENTS} + n AS i
                FROM defects d JOIN project_clock c ON c.project_id = d.project_id, generate_series(1, {EVENTS}) n
                ORDER BY d.number, n) event"
    );
    let clock =
        "UPDATE project_clock SET seq = seq + n, defect_no = n FROM (SELECT MAX(number) AS n FROM defects) last";
    for sql in [changes, &events, clock] {
        execute(connection, sql).await?;
    }
    Ok(())
}
