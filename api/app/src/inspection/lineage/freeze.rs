//! Freezing the lineage of a round: when it closes, and at the first start for rounds that were closed before.

use std::collections::HashMap;

use domain::Timestamp;
use domain::defect::DefectStatus;
use domain::id::{DefectId, UnitId};
use domain::inspection::{EarlierOutcome, Replayed};
use serde_json::{Value, json};
use store::Connection;
use store::boxed;
use store::entity::{lineage_entries, rounds};

use super::super::InspectionRow;
use super::access::{Place, between, replay};
use super::{is_shown, outcome_of};
use crate::App;
use crate::defect::DefectRow;
use crate::error::Result;

/// Units whose defects are read at once.
const UNITS: usize = 200;

/// Writes what became of each defect that the round shows, with the events up to its closing, and marks it as frozen.
pub(crate) async fn freeze(conn: &Connection, round: &mut rounds::Model, now: Timestamp) -> Result<()> {
    let until = round.closed_at.map_or(now, Timestamp);
    let inspections = store::lineage::inspections(conn, round.id).await?;
    for chunk in inspections.chunks(UNITS) {
        let entries = entries(conn, round, chunk, until).await?;
        store::lineage::insert(conn, entries).await?;
    }
    round.lineage_frozen_at = Some(now.0);
    Ok(())
}

/// Freezes the lineages of rounds that were closed by an earlier version: each round in a transaction of its own, so
/// that a start that is broken off goes on with the next one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn freeze_closed(app: &App) -> Result<usize> {
    let rounds = store::lineage::unfrozen(app.db.read()).await?;
    let count = rounds.len();
    for mut round in rounds {
        let work = app.begin_by_server(round.project_id).await?;
        freeze(&work.tx, &mut round, work.now).await?;
        store::lineage::set_frozen(&work.tx, round.id, work.now).await?;
        work.tx.commit().await?;
    }
    Ok(count)
}

/// The status of a defect as owners read it at the close of the round: the present one, unless the status has changed
/// since.
fn shown_status(defect: &DefectRow, replayed: &Replayed) -> DefectStatus {
    let moved_on = replayed.shown_status().filter(|_| replayed.status != Some(defect.status));
    moved_on.unwrap_or(defect.shown_status)
}

async fn entries(
    conn: &Connection,
    round: &rounds::Model,
    inspections: &[InspectionRow],
    until: Timestamp,
) -> Result<Vec<lineage_entries::Model>> {
    let by_unit: HashMap<UnitId, &InspectionRow> = inspections.iter().map(|row| (row.unit_id, row)).collect();
    let units: Vec<UnitId> = by_unit.keys().copied().collect();
    let mut defects = store::lineage::defects(conn, &units).await?;
    defects.retain(|defect| {
        let logged = defect.recorded_at <= until.0;
        logged && by_unit.get(&defect.unit_id).is_some_and(|inspection| is_shown(defect, inspection, round))
    });
    let ids: Vec<DefectId> = defects.iter().map(|defect| defect.id).collect();
    let replayed = replay(conn, &ids, until).await?;
    let known: Vec<(&DefectRow, Replayed, EarlierOutcome)> = defects
        .iter()
        .filter_map(|defect| {
            let replayed = *replayed.get(&defect.id)?;
            Some((defect, replayed, outcome_of(defect, replayed.status?, replayed.reopened_count, round)))
        })
        .collect();
    let regressed: Vec<(Place, Replayed)> = known
        .iter()
        .filter(|(_, _, outcome)| *outcome == EarlierOutcome::Regressed)
        .map(|(defect, replayed, _)| ((defect.id, defect.unit_id), *replayed))
        .collect();
    let mut access = between(conn, &regressed).await?;
    let entry = |(defect, replayed, outcome): (&DefectRow, Replayed, EarlierOutcome)| lineage_entries::Model {
        round_id: round.id,
        defect_id: defect.id,
        unit_id: defect.unit_id,
        outcome,
        status: replayed.status.unwrap_or(defect.status),
        shown_status: shown_status(defect, &replayed),
        access: access.remove(&defect.id).map_or_else(|| Value::Array(Vec::new()), |people| json!(people)),
    };
    Ok(known.into_iter().map(entry).collect())
}
