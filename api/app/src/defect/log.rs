//! Log a defect: place, type and photos, routed to a company at once where the rules name one.

use std::collections::BTreeSet;

use domain::defect::{DefectStatus, Severity};
use domain::id::{ChecklistItemId, CompanyId, DefectId, InspectionId, RoomId, UnitId};
use domain::inspection::takes_findings;
use domain::object_kind::ObjectKind;
use domain::quota::Quota;
use domain::round::RoundStatus;
use domain::taxonomy::TermKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::unit::UnitCommand;
use domain::{Actor, Caller, Note, Party, Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::entity::defects::NewDefect;
use store::entity::units;

use super::command_context::moment_text;
use super::place::{self, PinInput};
use super::{DefectRow, duplicates};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::inspection::read::check_side;
use crate::project::rules::ProjectRules;
use crate::redacted::Redacted;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// A new defect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogDefect {
    /// The defect's id, made by the client.
    #[serde(rename = "defect_id")]
    pub defect_id: DefectId,
    /// The unit.
    #[serde(rename = "unit_id")]
    pub unit_id: UnitId,
    /// The room; none for the unit as a whole.
    #[serde(rename = "room_id")]
    pub room_id: Option<RoomId>,
    /// A code of the project's defect types; its part, trade, category and usual severity come with it.
    #[serde(rename = "type_code")]
    pub type_code: String,
    /// In words.
    #[serde(rename = "description")]
    pub description: Option<String>,
    /// Another severity than the type's usual one. Staff only.
    #[serde(rename = "severity")]
    pub severity: Option<Severity>,
    /// Another trade than the type's. Staff only.
    #[serde(rename = "trade")]
    pub trade: Option<String>,
    /// Where on the plan.
    #[serde(rename = "pin")]
    pub pin: Option<PinInput>,
    /// The unit inspection in which it was found.
    #[serde(rename = "inspection_id")]
    pub inspection_id: Option<InspectionId>,
    /// The checklist item that failed.
    #[serde(rename = "check_item_id")]
    pub check_item_id: Option<ChecklistItemId>,
    /// The device's time; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
}

/// A logged defect, with those that it may repeat.
#[derive(Debug, Clone)]
pub struct Logged {
    /// The defect.
    pub defect: Redacted<DefectRow>,
    /// Likely duplicates, to be offered for a merge.
    pub possible_duplicates: Vec<Redacted<DefectRow>>,
    /// What the person should know of it.
    pub notes: Vec<Note>,
}

/// Logs a defect.
///
/// # Errors
/// Refusals of place, type, text or rights, or an internal error.
pub async fn log(ctx: Context<'_>, input: LogDefect) -> Result<Logged> {
    let description = optional(input.description.as_deref(), NOTE_LIMIT, "description")?.unwrap_or_default();
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    let unit = place::unit(&work, ctx.caller, input.unit_id).await?;
    let actor = work.act_in_project_at(ctx.caller, unit.project_id, said).await?;
    UnitCommand::LogDefect.rule().check_role(actor.role())?;
    if work.reserve_client_id(input.defect_id, ObjectKind::Defect, "defectId", &input).await?
        == ClientIdReservation::Done
    {
        return repeated_answer(&work, ctx.caller, input.defect_id).await;
    }
    let project = ProjectRules::load(&work.tx, unit.project_id).await?;
    let occurred_at = work.plausible_time(said, project.earliest());
    let mut defect = draft(&work, &actor, &unit, &input, description, occurred_at).await?;
    attach_inspection(&work, &actor, &mut defect, &input).await?;
    assign_by_rule(&work, &project, &unit, &mut defect).await?;
    mark_late(&mut work, &actor, &defect);
    let possible_duplicates = duplicates::likely(&work.tx, ctx.caller, &duplicates::Place::of(&defect)).await?;
    let notes = place::part_note(&work, &defect).await?.into_iter().collect();
    save(&work, &actor, &defect).await?;
    work.charge(&project, &actor, &[(Quota::Defects, 1)]).await?;
    let id = defect.id;
    work.add_event(NewEvent {
        unit_id: Some(unit.id),
        defect_id: Some(id),
        to: Some(defect.status.as_str()),
        data: json!({
            "type": defect.type_code, "companyId": defect.responsible_company_id, "lateFor": defect.late_for_id,
            "dueAt": moment_text(defect.due_at),
        }),
        ..NewEvent::new(UnitCommand::LogDefect.event(), ObjectKind::Defect, id, occurred_at)
    });
    work.number_defect(id);
    work.commit().await?;
    // Read again for the number, which the commit gave.
    let stored = store::defects::find(ctx.app.db.read(), &ctx.caller.visibility(), id).await?;
    let defect = stored.ok_or_else(|| Error::internal("a logged defect is not there"))?;
    Ok(Logged { defect: Redacted::of(ctx.caller, defect), possible_duplicates, notes })
}

/// The answer to a repetition: the defect as it stands now.
async fn repeated_answer(work: &UnitOfWork, caller: &Caller, id: DefectId) -> Result<Logged> {
    let found = store::defects::find(&work.tx, &caller.visibility(), id).await?;
    let defect = found.ok_or_else(|| Error::not_found("defectId"))?;
    Ok(Logged { defect: Redacted::of(caller, defect), possible_duplicates: Vec::new(), notes: Vec::new() })
}

async fn draft(
    work: &UnitOfWork,
    actor: &Actor,
    unit: &units::Model,
    input: &LogDefect,
    description: String,
    occurred_at: Timestamp,
) -> Result<DefectRow> {
    let room = match input.room_id {
        Some(room_id) => Some(place::room(work, unit, room_id).await?),
        None => None,
    };
    let kind = place::defect_type(work, unit.project_id, &input.type_code).await?;
    let pin = match input.pin {
        Some(pin) => Some(place::pin(work, unit, pin).await?),
        None => None,
    };
    let staff = actor.party() != Party::Customer;
    let severity = match input.severity.filter(|_| staff) {
        Some(severity) => severity,
        None => kind.severity,
    };
    let trade = input.trade.clone().filter(|_| staff).unwrap_or_else(|| kind.trade.clone());
    if !store::projects::has_term(&work.tx, unit.project_id, TermKind::Trade, &trade).await? {
        let shown: String = trade.chars().take(80).collect();
        let unknown = Refusal::at(RefusalCode::InvalidCode, "trade").with("value", shown);
        return Err(unknown.expecting("a code of the project's trades", "项目专业中的代码").into());
    }
    let search = place::search_text(&description, &kind, unit, None);
    Ok(DefectRow::logged(NewDefect {
        id: input.defect_id,
        actor,
        unit,
        room_id: room.map(|room| room.id),
        pin,
        kind: &kind,
        severity,
        trade,
        description,
        search,
        occurred_at,
        recorded_at: work.now,
    }))
}

/// Hangs the defect on the unit inspection in which it was found. Work from a basement may arrive after the inspection
/// was submitted or its round closed: it is taken for the unit and marked as late for that inspection; only a round
/// that never opened is refused. An owner's finding hangs on none, but the inspection that an owner names must be of
/// the own unit, too.
async fn attach_inspection(work: &UnitOfWork, actor: &Actor, defect: &mut DefectRow, input: &LogDefect) -> Result<()> {
    let Some(inspection_id) = input.inspection_id else { return Ok(()) };
    let found = store::inspections::of_unit(&work.tx, defect.unit_id, inspection_id).await?;
    let (inspection, round) = found.ok_or_else(|| Error::not_found("inspectionId"))?;
    if round.status == RoundStatus::Draft {
        return Err(Refusal::at(RefusalCode::RoundNotOpen, "inspectionId").into());
    }
    if let Some(item_id) = input.check_item_id {
        let item = store::checklists::item(&work.tx, round.checklist_version_id, item_id).await?;
        item.ok_or_else(|| Error::not_found("checkItemId"))?;
    }
    if actor.party() == Party::Customer {
        return Ok(());
    }
    defect.check_item_id = input.check_item_id;
    if takes_findings(round.status, inspection.status) {
        // A finding in it is a judgement as a result is.
        check_side(&work.tx, actor, inspection.id, "inspectionId").await?;
        defect.inspection_id = Some(inspection.id);
        defect.round_id = Some(round.id);
    } else {
        defect.late_for_id = Some(inspection.id);
    }
    Ok(())
}

/// Marks the unit inspection for which the defect came too late as changed, for those who see the defect among its late
/// ones.
fn mark_late(work: &mut UnitOfWork, actor: &Actor, defect: &DefectRow) {
    if let Some(inspection_id) = defect.late_for_id {
        work.mark_inspection_changed_but_for_contractors(inspection_id, defect.unit_id);
        for company_id in contractors_of(actor, defect) {
            let kind = ObjectKind::UnitInspection;
            work.mark_changed_for_company(company_id, kind, inspection_id, defect.unit_id);
        }
    }
}

/// The contractor companies of a new defect: the responsible one, and the one that raised it.
fn contractors_of(actor: &Actor, defect: &DefectRow) -> BTreeSet<CompanyId> {
    let raised = actor.company_id().filter(|_| actor.party() == Party::Contractor);
    [defect.responsible_company_id, raised].into_iter().flatten().collect()
}

/// Routing: the project's rules assign at once; nothing matching leaves it open.
async fn assign_by_rule(
    work: &UnitOfWork,
    project: &ProjectRules,
    unit: &units::Model,
    defect: &mut DefectRow,
) -> Result<()> {
    let company = project.route(&work.tx, &defect.trade, unit.building_id, unit.kind).await?;
    let Some(company_id) = company else { return Ok(()) };
    let due = project.due_of(&work.tx, defect, work.now).await?;
    (defect.status, defect.shown_status) = (DefectStatus::Assigned, DefectStatus::Assigned);
    defect.responsible_company_id = Some(company_id);
    defect.assigned_at = Some(work.now.0);
    defect.due_at = due.map(|due| due.0);
    defect.due_order = defect.due_at.unwrap_or(i64::MAX);
    defect.shown_assigned_at = defect.assigned_at;
    (defect.shown_due_at, defect.shown_due_order) = (defect.due_at, defect.due_order);
    Ok(())
}

async fn save(work: &UnitOfWork, actor: &Actor, defect: &DefectRow) -> Result<()> {
    store::defects::insert(&work.tx, defect.clone()).await?;
    for company_id in contractors_of(actor, defect) {
        store::defects::add_company(&work.tx, defect.id, company_id, work.now).await?;
    }
    Ok(())
}
