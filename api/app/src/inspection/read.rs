//! Reading unit inspections: the facts for the rules, what an owner may see, records, signatures, earlier defects.

use std::collections::{HashMap, HashSet};

use domain::id::{CompanyId, InspectionId, PersonId, RoundId, UnitId};
use domain::inspection::{Allowed, InspectionFacts, Signer, allowed_commands};
use domain::side::check_one_side;
use domain::{Actor, Caller, Party, Refusal, Side, VisibilityScope};
use serde_json::json;
use store::Connection;
use store::boxed;
use store::entity::{check_results, measurements, rounds, signatures};
use store::inspections::Filter;
use store::page::{Page, PageRequest};

use super::InspectionRow;
use crate::App;
use crate::defect::DefectRow;
use crate::error::Result;
use crate::redacted::{Redact, Redacted};
use crate::round::read::{required_contractors, required_parties};

/// The sides for which the person has acted in each of the unit inspections.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sides_of(
    conn: &Connection,
    person_id: PersonId,
    inspection_ids: &[InspectionId],
) -> Result<HashMap<InspectionId, Vec<Side>>> {
    let mut sides: HashMap<InspectionId, Vec<Side>> = HashMap::new();
    for act in store::sides::on_inspections(conn, person_id, inspection_ids).await? {
        sides.entry(act.subject_id).or_default().push(Side::new(act.party, act.company_id));
    }
    Ok(sides)
}

/// Refuses an actor who has acted in the inspection for another side and lets a finding enter it now.
///
/// # Errors
/// `ACTED_FOR_OTHER_PARTY` at the field, or when the database fails.
pub(crate) async fn check_side(
    conn: &Connection,
    actor: &Actor,
    inspection_id: InspectionId,
    field: &str,
) -> Result<()> {
    let acted_for = sides_of(conn, actor.person_id, &[inspection_id]).await?.remove(&inspection_id);
    check_one_side(&acted_for.unwrap_or_default(), actor).map_err(|refusal| Refusal::at(refusal.code, field))?;
    Ok(())
}

/// The facts that the rules ask for, about a person who has acted in the inspection for these sides.
///
/// # Errors
/// When the stored parties of the round are none.
pub fn facts_of(
    inspection: &InspectionRow,
    round: &rounds::Model,
    signatures: &[signatures::Model],
    acted_for: Vec<Side>,
) -> Result<InspectionFacts> {
    let counting =
        signatures.iter().filter(|row| row.subject_id == inspection.id.uuid() && row.superseded_at.is_none());
    let signers =
        counting.map(|row| Signer { party: row.party, company_id: row.company_id, person_id: row.person_id }).collect();
    Ok(InspectionFacts {
        status: inspection.status,
        unit_id: inspection.unit_id,
        round_open: round.status == domain::round::RoundStatus::Open,
        required_parties: required_parties(round)?,
        required_contractors: required_contractors(round)?,
        signers,
        acted_for,
    })
}

/// For an owner, what is internal is blanked here and nowhere else. The version is the one that the caller reads.
impl Redact for InspectionRow {
    fn redact_for(&mut self, caller: &Caller) {
        if !caller.is_staff_of(self.project_id) {
            self.submitted_by = None;
            self.inaccessible_reason = None;
        }
        if let Some(actor) = caller.actor_in(self.project_id) {
            self.version = version_for(&actor, self);
        }
    }
}

/// The version of a unit inspection as a person reads it. To contractors it counts what everybody is shown and what the
/// own company records, to owners what everybody is shown.
pub(super) fn version_for(actor: &Actor, inspection: &InspectionRow) -> i32 {
    match actor.party() {
        Party::Developer | Party::Supervisor | Party::Property => inspection.version,
        Party::Contractor => inspection.shown_version + records_of(inspection, actor.company_id()),
        Party::Customer => inspection.shown_version,
    }
}

/// How often a contractor company has recorded, besides the steps that everybody is shown.
fn records_of(inspection: &InspectionRow, company_id: Option<CompanyId>) -> i32 {
    let count = company_id.and_then(|id| inspection.company_records.as_ref()?.get(id.to_string())?.as_i64());
    count.and_then(|count| i32::try_from(count).ok()).unwrap_or(0)
}

/// Counts a step: for everybody, or as a record of the actor's company alone.
pub(super) fn count_step(inspection: &mut InspectionRow, actor: &Actor, is_shown_to_all: bool) {
    if is_shown_to_all {
        inspection.shown_version += 1;
    } else if let (Party::Contractor, Some(company_id)) = (actor.party(), actor.company_id()) {
        let count = records_of(inspection, Some(company_id)) + 1;
        let records = inspection.company_records.get_or_insert_with(|| json!({}));
        records[company_id.to_string()] = json!(count);
    }
}

/// For owners in plain form: no note, nobody's name, no company.
impl Redact for check_results::Model {
    fn redact_for(&mut self, caller: &Caller) {
        if !caller.is_staff_of(self.project_id) {
            (self.note, self.person_id, self.company_id) = (None, PersonId::nil(), CompanyId::nil());
        }
    }
}

/// For owners in plain form: without person and company.
impl Redact for measurements::Model {
    fn redact_for(&mut self, caller: &Caller) {
        if !caller.is_staff_of(self.project_id) {
            (self.person_id, self.company_id) = (PersonId::nil(), CompanyId::nil());
        }
    }
}

/// Owners see that a party signed and when; names and images only of their own signatures. Only staff who may see
/// owners see an owner's name.
impl Redact for signatures::Model {
    fn redact_for(&mut self, caller: &Caller) {
        if self.person_id == caller.person_id {
            return;
        }
        if self.party == Party::Customer && !caller.visibility().owner_projects.contains(&self.project_id) {
            self.signer_name.clear();
        }
        if !caller.is_staff_of(self.project_id) {
            self.signer_name.clear();
            (self.person_id, self.company_id, self.photo_id) = (PersonId::nil(), None, None);
        }
    }
}

/// One unit inspection.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_inspection(app: &App, caller: &Caller, id: InspectionId) -> Result<Option<Redacted<InspectionRow>>> {
    let found = store::inspections::find(app.db.read(), &caller.visibility(), id).await?;
    Ok(found.map(|inspection| Redacted::of(caller, inspection)))
}

/// Those of the unit inspections that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(app: &App, caller: &Caller, ids: &[InspectionId]) -> Result<Vec<Redacted<InspectionRow>>> {
    let found = store::inspections::by_ids(app.db.read(), &caller.visibility(), ids).await?;
    Ok(Redacted::all(caller, found))
}

/// The inspections of units, in the order of their rounds.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_units(app: &App, caller: &Caller, units: &[UnitId]) -> Result<Vec<Redacted<InspectionRow>>> {
    let found = store::inspections::of_units(app.db.read(), &caller.visibility(), units).await?;
    Ok(Redacted::all(caller, found))
}

/// A page of a round's unit inspections in the order of a walk.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list_inspections(
    app: &App,
    caller: &Caller,
    round_id: RoundId,
    filter: &Filter,
    request: &PageRequest,
) -> Result<Page<Redacted<InspectionRow>>> {
    let page = store::inspections::page(app.db.read(), &caller.visibility(), round_id, filter, request).await?;
    Ok(page.map(|inspection| Redacted::of(caller, inspection)))
}

/// Those of the unit inspections whose records the caller may read: all of them for staff, the completed ones for
/// owners.
async fn open_to(app: &App, caller: &Caller, ids: &[InspectionId]) -> Result<Vec<InspectionId>> {
    let scope = caller.visibility();
    let found = store::inspections::by_ids(app.db.read(), &scope, ids).await?;
    let complete = |row: &InspectionRow| row.status.is_inspected();
    let open = found.into_iter().filter(|row| scope.is_staff_of(row.project_id) || complete(row));
    Ok(open.map(|row| row.id).collect())
}

/// The results of unit inspections.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn results_of(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<Vec<Redacted<check_results::Model>>> {
    let (scope, ids) = (caller.visibility(), open_to(app, caller, ids).await?);
    Ok(Redacted::all(caller, store::inspections::results_of(app.db.read(), &scope, &ids).await?))
}

/// The measurements of unit inspections.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn measurements_of(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<Vec<Redacted<measurements::Model>>> {
    let (scope, ids) = (caller.visibility(), open_to(app, caller, ids).await?);
    Ok(Redacted::all(caller, store::inspections::measurements_of(app.db.read(), &scope, &ids).await?))
}

/// The signatures under unit inspections.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn signatures_of(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<Vec<Redacted<signatures::Model>>> {
    let ids = open_to(app, caller, ids).await?;
    Ok(Redacted::all(caller, store::inspections::signatures_of(app.db.read(), &ids).await?))
}

/// What the caller may do to each of the unit inspections now, and why not.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn allowed_commands_of(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<HashMap<InspectionId, Vec<Allowed>>> {
    let (conn, scope) = (app.db.read(), caller.visibility());
    let inspections = store::inspections::by_ids(conn, &scope, ids).await?;
    let rounds = rounds_of(conn, &scope, &inspections).await?;
    let signatures = store::inspections::signatures_of(conn, ids).await?;
    let mut sides = sides_of(conn, caller.person_id, ids).await?;
    let mut answers = HashMap::new();
    for inspection in &inspections {
        let actor = caller.actor_in(inspection.project_id);
        if let (Some(round), Some(actor)) = (rounds.get(&inspection.round_id), actor) {
            let acted_for = sides.remove(&inspection.id).unwrap_or_default();
            let facts = facts_of(inspection, round, &signatures, acted_for)?;
            answers.insert(inspection.id, allowed_commands(&facts, &actor));
        }
    }
    Ok(answers)
}

/// The rounds of unit inspections, by id.
pub(super) async fn rounds_of(
    conn: &Connection,
    scope: &VisibilityScope,
    inspections: &[InspectionRow],
) -> Result<HashMap<RoundId, rounds::Model>> {
    let ids: HashSet<RoundId> = inspections.iter().map(|row| row.round_id).collect();
    let ids: Vec<RoundId> = ids.into_iter().collect();
    let rounds = store::rounds::by_ids(conn, scope, &ids).await?;
    Ok(rounds.into_iter().map(|round| (round.id, round)).collect())
}

/// The defects that came too late for each of the unit inspections, as far as the caller may see them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn late_defects(app: &App, caller: &Caller, ids: &[InspectionId]) -> Result<Vec<Redacted<DefectRow>>> {
    let found = store::inspections::late_for(app.db.read(), &caller.visibility(), ids).await?;
    Ok(Redacted::all(caller, found))
}
