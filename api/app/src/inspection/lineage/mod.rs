//! Lineage: the earlier defects of the unit with their outcomes, for each unit inspection. A round's lineage is frozen
//! when the round closes.

mod access;
mod freeze;

use std::collections::{HashMap, HashSet};

use domain::defect::DefectStatus;
use domain::id::{InspectionId, RoundId, UnitId};
use domain::inspection::{Earlier, EarlierOutcome, earlier_outcome};
use domain::{Caller, Timestamp};
use store::boxed;
use store::entity::rounds;

pub(in crate::inspection) use access::replay;
pub use access::{UnitAccess, of_defects as access_of_defects};
pub(crate) use freeze::freeze;
pub use freeze::freeze_closed;

use super::InspectionRow;
use super::read::rounds_of;
use crate::App;
use crate::defect::DefectRow;
use crate::error::Result;
use crate::redacted::Redacted;

/// A defect of the unit, and what became of it, seen from a round.
#[derive(Debug, Clone)]
pub struct EarlierDefect {
    /// The defect as it is now, as the caller may see it.
    pub defect: Redacted<DefectRow>,
    /// Its outcome; in a closed round, the outcome at the time of closing.
    pub outcome: EarlierOutcome,
    /// Where it stood; of a closed round as it was when the round closed.
    pub status: DefectStatus,
    /// Who was in the unit between repair and new damage, of a frozen entry; none where it is to be counted.
    pub access: Option<Vec<UnitAccess>>,
}

/// The defects that each unit inspection shows again: those of the unit logged before its round opened, or in it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn earlier_defects(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<HashMap<InspectionId, Vec<EarlierDefect>>> {
    let (conn, scope) = (app.db.read(), caller.visibility());
    let inspections = store::inspections::by_ids(conn, &scope, ids).await?;
    let rounds = rounds_of(conn, &scope, &inspections).await?;
    let is_frozen =
        |row: &InspectionRow| rounds.get(&row.round_id).is_some_and(|round| round.lineage_frozen_at.is_some());
    let (frozen, open): (Vec<_>, Vec<_>) = inspections.into_iter().partition(is_frozen);
    let mut lineage = of_closed(app, caller, &frozen).await?;
    let units: Vec<UnitId> = open.iter().map(|row| row.unit_id).collect();
    let mut by_unit: HashMap<UnitId, Vec<DefectRow>> = HashMap::new();
    if !units.is_empty() {
        for defect in store::inspections::lineage_of(conn, &scope, &units).await? {
            by_unit.entry(defect.unit_id).or_default().push(defect);
        }
    }
    for inspection in open {
        let Some(round) = rounds.get(&inspection.round_id) else { continue };
        let defects = by_unit.get(&inspection.unit_id).into_iter().flatten();
        let shown =
            defects.filter(|defect| is_shown(defect, &inspection, round)).map(|defect| live(caller, defect, round));
        lineage.insert(inspection.id, shown.collect());
    }
    Ok(lineage)
}

fn live(caller: &Caller, defect: &DefectRow, round: &rounds::Model) -> EarlierDefect {
    let reopened_count = u32::try_from(defect.reopened_count).unwrap_or(0);
    let outcome = outcome_of(defect, defect.status, reopened_count, round);
    let defect = Redacted::of(caller, defect.clone());
    EarlierDefect { status: defect.status, defect, outcome, access: None }
}

/// The frozen lineage of inspections of closed rounds.
async fn of_closed(
    app: &App,
    caller: &Caller,
    inspections: &[InspectionRow],
) -> Result<HashMap<InspectionId, Vec<EarlierDefect>>> {
    let mut lineage: HashMap<InspectionId, Vec<EarlierDefect>> = HashMap::new();
    if inspections.is_empty() {
        return Ok(lineage);
    }
    let places: HashMap<(RoundId, UnitId), InspectionId> =
        inspections.iter().map(|row| ((row.round_id, row.unit_id), row.id)).collect();
    let rounds: HashSet<RoundId> = inspections.iter().map(|row| row.round_id).collect();
    let units: HashSet<UnitId> = inspections.iter().map(|row| row.unit_id).collect();
    let (rounds, units): (Vec<RoundId>, Vec<UnitId>) = (rounds.into_iter().collect(), units.into_iter().collect());
    for (entry, defect) in store::lineage::of_units(app.db.read(), &caller.visibility(), &rounds, &units).await? {
        let Some(inspection_id) = places.get(&(entry.round_id, entry.unit_id)) else { continue };
        let is_staff = caller.is_staff_of(defect.project_id);
        let shown = EarlierDefect {
            outcome: entry.outcome,
            status: if is_staff { entry.status } else { entry.shown_status },
            access: Some(serde_json::from_value(entry.access)?),
            defect: Redacted::of(caller, defect),
        };
        lineage.entry(*inspection_id).or_default().push(shown);
    }
    Ok(lineage)
}

/// Whether a unit inspection shows a defect: one of its own round, one from before the round opened, or one logged
/// outside of any round while it was open. A defect that came after the submission is shown only among the late ones,
/// because no signature under this submission covers it.
pub(super) fn is_shown(defect: &DefectRow, inspection: &InspectionRow, round: &rounds::Model) -> bool {
    let after_submission = inspection.content_at.is_some_and(|taken| defect.recorded_at > taken);
    if after_submission || (defect.late_for_id == Some(inspection.id) && inspection.content_hash.is_some()) {
        return false;
    }
    let earlier = round.opened_at.is_some_and(|opened| defect.recorded_at < opened);
    match defect.round_id {
        Some(round_id) => round_id == round.id || earlier,
        None => round.closed_at.is_none_or(|closed| defect.recorded_at < closed),
    }
}

pub(super) fn outcome_of(
    defect: &DefectRow,
    status: DefectStatus,
    reopened_count: u32,
    round: &rounds::Model,
) -> EarlierOutcome {
    let known =
        Earlier { status, reopened_count, round_id: defect.round_id, recorded_at: Timestamp(defect.recorded_at) };
    earlier_outcome(&known, round.id, round.opened_at.map(Timestamp))
}
