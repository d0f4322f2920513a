//! The readiness of units, from their rounds, defects, photos and waivers: a handful of statements however many there
//! are.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::defect::Severity;
use domain::id::{DefectId, ProjectId, UnitId};
use domain::unit::readiness::{BlockerCode, DefectFact, Readiness, RoundFact, UnitFacts, Waiver, readiness};
use domain::{Caller, Timestamp, VisibilityScope};
use store::Connection;
use store::boxed;
use store::entity::readiness_waivers;
use store::units::readiness::{AliveDefect, InspectionRow};

use super::UnitRow;
use crate::App;
use crate::error::Result;
use crate::project::rules::ProjectRules;

/// The readiness of those of the units that the caller may see, as the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_units(app: &App, caller: &Caller, unit_ids: &[UnitId]) -> Result<HashMap<UnitId, Readiness>> {
    let (conn, scope) = (app.db.read(), caller.visibility());
    let units = store::units::by_ids(conn, &scope, unit_ids).await?;
    readiness_for(conn, &scope, &units).await
}

/// The readiness of units that the caller sees, without the subjects that the caller does not, and without their
/// number.
pub(super) async fn readiness_for(
    conn: &Connection,
    scope: &VisibilityScope,
    units: &[UnitRow],
) -> Result<HashMap<UnitId, Readiness>> {
    let mut all = unredacted(conn, units).await?;
    let guarded = units.iter().filter(|unit| !scope.projects.contains(&unit.project_id));
    let guarded: Vec<UnitId> = guarded.map(|unit| unit.id).collect();
    if guarded.is_empty() {
        return Ok(all);
    }
    let blocking = |code: BlockerCode| code == BlockerCode::BlockingDefectOpen;
    let defects = all.iter().filter(|(unit, _)| guarded.contains(unit)).flat_map(|(_, readiness)| &readiness.blockers);
    let defects: Vec<DefectId> =
        defects.filter(|one| blocking(one.code)).filter_map(|one| one.subject_id.map(DefectId::from)).collect();
    let seen: HashSet<DefectId> =
        store::units::readiness::seen_defects(conn, scope, &defects).await?.into_iter().collect();
    for unit in guarded {
        let Some(readiness) = all.get_mut(&unit) else { continue };
        let blockers = std::mem::take(&mut readiness.blockers);
        let blockers = blockers
            .into_iter()
            .map(|blocker| {
                let hidden = match blocker.code {
                    BlockerCode::BlockingDefectOpen => blocker.subject_id.is_some_and(|id| !seen.contains(&id.into())),
                    // Whose photo it is, is not worth a statement: everybody uploads what the own device holds.
                    BlockerCode::PhotoMissing => true,
                    BlockerCode::NotInspected | BlockerCode::RoundNotSigned => false,
                };
                if hidden { blocker.without_subject() } else { blocker }
            })
            .collect();
        readiness.blockers = domain::unit::readiness::joined(blockers);
    }
    Ok(all)
}

/// The readiness of units as it is, for the rules.
pub(super) async fn unredacted(conn: &Connection, units: &[UnitRow]) -> Result<HashMap<UnitId, Readiness>> {
    let mut facts = facts(conn, units).await?;
    Ok(units.iter().map(|unit| (unit.id, readiness(&facts.remove(&unit.id).unwrap_or_default()))).collect())
}

async fn facts(conn: &Connection, units: &[UnitRow]) -> Result<HashMap<UnitId, UnitFacts>> {
    let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
    let projects: HashMap<UnitId, ProjectId> = units.iter().map(|unit| (unit.id, unit.project_id)).collect();
    let rules = ProjectRules::load_many(conn, units.iter().map(|unit| unit.project_id)).await?;
    let mut facts: HashMap<UnitId, UnitFacts> = HashMap::with_capacity(units.len());
    for row in store::units::readiness::inspections(conn, &ids).await? {
        facts.entry(row.unit_id).or_default().rounds.push(round_fact(&row));
    }
    for row in store::units::readiness::alive_defects(conn, &ids, &severities(rules.values())).await? {
        let project = projects.get(&row.unit_id).and_then(|project| rules.get(project));
        if project.is_some_and(|project| blocks(project, &row)) {
            let fact = DefectFact { defect_id: row.id, number: row.number };
            facts.entry(row.unit_id).or_default().defects.push(fact);
        }
    }
    for (unit_id, photo_id) in store::photos::missing_of_units(conn, &ids).await? {
        facts.entry(unit_id).or_default().photos.push(photo_id);
    }
    for row in store::units::readiness::waivers(conn, &ids).await? {
        facts.entry(row.unit_id).or_default().waivers.push(waiver(row));
    }
    Ok(facts)
}

/// The severities that block in any of the projects: one statement reads them all.
fn severities<'a>(rules: impl Iterator<Item = &'a ProjectRules>) -> Vec<Severity> {
    let all: BTreeSet<Severity> = rules.flat_map(|project| project.policy.blocking_severities.clone()).collect();
    all.into_iter().collect()
}

fn blocks(project: &ProjectRules, defect: &AliveDefect) -> bool {
    project.policy.blocking_severities.contains(&defect.severity)
}

/// What the rule needs to know of a unit inspection.
pub(crate) fn round_fact(row: &InspectionRow) -> RoundFact {
    RoundFact {
        inspection_id: row.inspection_id,
        round_number: row.number,
        stage: row.stage.clone(),
        round_status: row.round_status,
        status: row.status,
    }
}

fn waiver(row: readiness_waivers::Model) -> Waiver {
    Waiver {
        id: row.id,
        blocker: row.blocker,
        subject_id: row.subject_id,
        person_id: row.person_id,
        reason: row.reason,
        recorded_at: Timestamp(row.recorded_at),
    }
}
