//! Plan a round: stage, number, parties, checklist, and the units in scope.

use std::collections::HashSet;

use domain::access::Action;
use domain::event::EventName;
use domain::id::{BuildingId, ChecklistId, ChecklistVersionId, CompanyId, Id, ProjectId, RoundId, UnitId};
use domain::object_kind::ObjectKind;
use domain::round::{RoundStatus, check_plan};
use domain::taxonomy::TermKind;
use domain::text::{NAME_LIMIT, required};
use domain::{Caller, Party, Refusal, RefusalCode, Timestamp};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::RoundRow;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// Most units or buildings named in one scope.
const SCOPE_LIMIT: usize = 10_000;

/// A new round.
#[derive(Debug, Clone, Serialize)]
pub struct CreateRound {
    /// The round's id, made by the client.
    #[serde(rename = "round_id")]
    pub round_id: RoundId,
    /// The project.
    #[serde(rename = "project_id")]
    pub project_id: ProjectId,
    /// A code of the project's stages.
    #[serde(rename = "stage")]
    pub stage: String,
    /// Its number, unique in the project.
    #[serde(rename = "number")]
    pub number: i32,
    /// Its name.
    #[serde(rename = "name")]
    pub name: String,
    /// The first planned day.
    #[serde(rename = "planned_from")]
    pub planned_from: Option<Date>,
    /// The last planned day.
    #[serde(rename = "planned_to")]
    pub planned_to: Option<Date>,
    /// The parties that sign each unit inspection.
    #[serde(rename = "required_parties")]
    pub required_parties: Vec<Party>,
    /// The contractors that sign each unit inspection, each for itself; none named = any one of them.
    #[serde(rename = "required_contractors", default, skip_serializing_if = "Vec::is_empty")]
    pub required_contractors: Vec<CompanyId>,
    /// The checklist, of which the newest version is taken.
    #[serde(rename = "checklist_id")]
    pub checklist_id: ChecklistId,
    /// Which units.
    #[serde(rename = "scope")]
    pub scope: ScopeInput,
    /// The device's time; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
}

/// Which units a round covers.
#[derive(Debug, Clone, Serialize)]
pub enum ScopeInput {
    /// All homes of the project.
    #[serde(rename = "Homes")]
    Homes,
    /// All homes of these buildings.
    #[serde(rename = "Buildings")]
    Buildings(Vec<BuildingId>),
    /// These units, homes or common parts.
    #[serde(rename = "Units")]
    Units(Vec<UnitId>),
}

/// Plans a round.
///
/// # Errors
/// Refusals of rights, codes, dates or scope, or an internal error.
pub async fn create(ctx: Context<'_>, input: CreateRound) -> Result<RoundRow> {
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    let actor = work.act_in_project_at(ctx.caller, input.project_id, said).await?;
    if !Action::RunRounds.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    if work.reserve_client_id(input.round_id, ObjectKind::Round, "roundId", &input).await? == ClientIdReservation::Done
    {
        let found = store::rounds::find(&work.tx, &ctx.caller.visibility(), input.round_id).await?;
        return found.ok_or_else(|| Error::not_found("roundId"));
    }
    let name = check(&work, &input).await?;
    check_contractors(&work, input.project_id, &input.required_parties, &input.required_contractors).await?;
    let version_id = newest_version(&work, ctx.caller, input.project_id, input.checklist_id).await?;
    let units = units_of(&work, input.project_id, &input.scope).await?;
    let occurred_at = work.occurred_in_project(said, input.project_id).await?;
    let round = RoundRow {
        id: input.round_id,
        project_id: input.project_id,
        number: input.number,
        stage: input.stage,
        name,
        status: RoundStatus::Draft,
        required_parties: json!(input.required_parties),
        required_contractors: contractors_json(&input.required_contractors),
        checklist_version_id: version_id,
        planned_from: input.planned_from.map(|day| day.to_string()),
        planned_to: input.planned_to.map(|day| day.to_string()),
        opened_at: None,
        closed_at: None,
        version: 1,
        created_by: actor.person_id,
        created_at: work.now.0,
        lineage_frozen_at: None,
    };
    store::rounds::insert(&work.tx, round.clone(), &units).await?;
    work.add_event(NewEvent {
        to: Some(RoundStatus::Draft.as_str()),
        data: json!({ "number": round.number, "stage": round.stage, "units": units.len() }),
        ..NewEvent::new(EventName::RoundCreated, ObjectKind::Round, round.id, occurred_at)
    });
    work.commit().await?;
    Ok(round)
}

/// Checks all plain fields at once; returns the name.
async fn check(work: &UnitOfWork, input: &CreateRound) -> Result<String> {
    let plan = check_plan(input.number, &input.required_parties, input.planned_from, input.planned_to);
    let mut refusals = plan.err().unwrap_or_default();
    let name = required(&input.name, NAME_LIMIT, "name");
    refusals.extend(name.as_ref().err().cloned());
    match check_stage(work, input.project_id, &input.stage).await {
        Err(Error::Refused(unknown)) => refusals.extend(unknown),
        other => other?,
    }
    if store::rounds::number_taken(&work.tx, input.project_id, input.number).await? {
        refusals.push(Refusal::at(RefusalCode::NumberTaken, "number"));
    }
    match name {
        Ok(name) if refusals.is_empty() => Ok(name),
        _ => Err(Error::Refused(refusals)),
    }
}

/// The contractors as the row holds them.
pub(super) fn contractors_json(ids: &[CompanyId]) -> Option<serde_json::Value> {
    (!ids.is_empty()).then(|| json!(ids))
}

/// Checks that each named company is a contractor of the project, and that contractors sign at all.
pub(super) async fn check_contractors(
    work: &UnitOfWork,
    project_id: ProjectId,
    parties: &[Party],
    ids: &[CompanyId],
) -> Result<()> {
    const FIELD: &str = "requiredContractorIds";
    limit(ids, FIELD)?;
    let wrong = |en: &str, zh: &str| Error::from(Refusal::at(RefusalCode::InvalidValue, FIELD).because(en, zh));
    if !ids.is_empty() && !parties.contains(&Party::Contractor) {
        return Err(wrong("contractors must be among the parties that sign, too", "须同时将施工单位列为签字方"));
    }
    if ids.iter().enumerate().any(|(n, id)| ids[..n].contains(id)) {
        return Err(wrong("each company once", "每个单位只能出现一次"));
    }
    for (n, &id) in ids.iter().enumerate() {
        let field = format!("{FIELD}.{n}");
        let company = store::projects::company(&work.tx, project_id, id).await?;
        let company = company.ok_or_else(|| Error::not_found(&field))?;
        if company.kind != Party::Contractor {
            return Err(Refusal::at(RefusalCode::NotAContractor, &field).into());
        }
    }
    Ok(())
}

/// Checks that the project's vocabulary has the stage.
pub(super) async fn check_stage(work: &UnitOfWork, project_id: ProjectId, stage: &str) -> Result<()> {
    let stages = store::checklists::term_codes(&work.tx, project_id, TermKind::Stage).await?;
    if stages.iter().any(|known| known == stage) {
        return Ok(());
    }
    let shown: String = stage.chars().filter(|c| !c.is_control()).take(80).collect();
    let unknown = Refusal::at(RefusalCode::InvalidCode, "stage").with("value", shown);
    Err(unknown.with("expected", stages.join(", ")).into())
}

/// The newest version of a checklist of the project.
pub(super) async fn newest_version(
    work: &UnitOfWork,
    caller: &Caller,
    project_id: ProjectId,
    checklist_id: ChecklistId,
) -> Result<ChecklistVersionId> {
    let missing = || Error::not_found("checklistId");
    let checklist = store::checklists::find(&work.tx, &caller.visibility(), checklist_id).await?;
    let checklist = checklist.filter(|found| found.project_id == project_id).ok_or_else(missing)?;
    let version = store::checklists::newest_version(&work.tx, checklist.id).await?;
    Ok(version.ok_or_else(missing)?.id)
}

/// The units in scope, each once.
pub(super) async fn units_of(work: &UnitOfWork, project_id: ProjectId, scope: &ScopeInput) -> Result<Vec<UnitId>> {
    let units = match scope {
        ScopeInput::Homes => store::rounds::homes_of(&work.tx, project_id, None).await?,
        ScopeInput::Buildings(ids) => {
            limit(ids, "buildingIds")?;
            let known = store::rounds::buildings_among(&work.tx, project_id, ids).await?;
            check_known(ids, &known, "buildingIds")?;
            store::rounds::homes_of(&work.tx, project_id, Some(ids)).await?
        }
        ScopeInput::Units(ids) => {
            limit(ids, "unitIds")?;
            let known = store::rounds::units_among(&work.tx, project_id, ids).await?;
            check_known(ids, &known, "unitIds")?;
            known
        }
    };
    if units.is_empty() { Err(RefusalCode::NothingInScope.into()) } else { Ok(units) }
}

fn limit<I: Id>(ids: &[I], field: &str) -> Result<()> {
    if ids.len() > SCOPE_LIMIT {
        return Err(Refusal::at(RefusalCode::TooMany, field).with("limit", SCOPE_LIMIT).into());
    }
    Ok(())
}

/// Names each id that is none of the project's.
fn check_known<I: Id>(ids: &[I], known: &[I], field: &str) -> Result<()> {
    let known: HashSet<&I> = known.iter().collect();
    let strange = ids.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let refusals: Vec<Refusal> =
        strange.take(100).map(|(n, _)| Refusal::at(RefusalCode::NotFound, &format!("{field}.{n}"))).collect();
    if refusals.is_empty() { Ok(()) } else { Err(Error::Refused(refusals)) }
}
