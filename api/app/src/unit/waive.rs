//! Waive a blocker by name, and take a waiver back.

use domain::event::EventName;
use domain::id::{UnitId, WaiverId};
use domain::object_kind::ObjectKind;
use domain::side::check_one_side;
use domain::text::{NOTE_LIMIT, required};
use domain::unit::readiness::BlockerCode;
use domain::unit::{UnitCommand, permit};
use domain::{Actor, Caller, Refusal, RefusalCode};
use serde::Serialize;
use serde_json::json;
use store::entity::readiness_waivers;
use uuid::Uuid;

use super::read::facts_of;
use super::{UnitRow, readiness};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// A waiver.
#[derive(Debug, Clone, Serialize)]
pub struct Waive {
    /// The waiver's id, made by the client.
    #[serde(rename = "waiver_id")]
    pub waiver_id: WaiverId,
    /// The unit.
    #[serde(rename = "unit_id")]
    pub unit_id: UnitId,
    /// Which blocker.
    #[serde(rename = "blocker")]
    pub blocker: BlockerCode,
    /// Of which inspection, defect or photo.
    #[serde(rename = "subject_id")]
    pub subject_id: Option<Uuid>,
    /// Why.
    #[serde(rename = "reason")]
    pub reason: String,
}

/// Lets a blocker pass: the unit may be delivered in spite of it.
///
/// # Errors
/// The rule's refusal, `NOT_A_BLOCKER`, or an internal error.
pub async fn waive(ctx: Context<'_>, input: Waive) -> Result<UnitRow> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut work = ctx.begin().await?;
    let unit = unit_for_update(&work, ctx.caller, input.unit_id).await?;
    let actor = work.act_in_project(ctx.caller, unit.project_id)?;
    UnitCommand::Waive.rule().check_role(actor.role())?;
    // Before the rule: done a second time, the blocker is waived already.
    if work.reserve_client_id(input.waiver_id, ObjectKind::Waiver, "waiverId", &input).await?
        == ClientIdReservation::Done
    {
        return Ok(unit);
    }
    let readiness = readiness::unredacted(&work.tx, std::slice::from_ref(&unit)).await?;
    let readiness = readiness.get(&unit.id);
    permit(&facts_of(&unit, readiness), &actor, UnitCommand::Waive)?;
    let stands = readiness.is_some_and(|readiness| {
        readiness.blockers.iter().any(|blocker| {
            blocker.code == input.blocker && blocker.subject_id == input.subject_id && blocker.waiver.is_none()
        })
    });
    if !stands {
        return Err(Refusal::at(RefusalCode::NotABlocker, "blocker").into());
    }
    check_side(&work, &actor, input.subject_id).await?;
    let row = readiness_waivers::Model {
        id: input.waiver_id,
        project_id: unit.project_id,
        unit_id: unit.id,
        blocker: input.blocker,
        subject_id: input.subject_id,
        person_id: actor.person_id,
        reason: reason.clone(),
        recorded_at: work.now.0,
        revoked_at: None,
    };
    store::units::readiness::insert_waiver(&work.tx, row).await?;
    add_waiver_event(&mut work, UnitCommand::Waive.event(), input.waiver_id, unit.id, reason, input.blocker.as_str());
    work.commit().await?;
    Ok(unit)
}

/// Refuses a person who has acted on the subject of the blocker for another side: a person who repaired a defect for
/// the contractor does not let it pass for the developer.
async fn check_side(work: &UnitOfWork, actor: &Actor, subject_id: Option<Uuid>) -> Result<()> {
    let Some(subject_id) = subject_id else { return Ok(()) };
    let (tx, person_id) = (&work.tx, actor.person_id);
    // Of a photo that is missing, its defect.
    let photo = store::photos::load(tx, subject_id.into()).await?;
    let defect_id = photo.and_then(|photo| photo.defect_id).unwrap_or_else(|| subject_id.into());
    let on_defect = crate::defect::read::sides_of(tx, person_id, &[defect_id]).await?;
    let in_inspection = crate::inspection::read::sides_of(tx, person_id, &[subject_id.into()]).await?;
    let acted_for: Vec<_> = on_defect.into_values().chain(in_inspection.into_values()).flatten().collect();
    Ok(check_one_side(&acted_for, actor)?)
}

/// Takes a waiver back: the blocker stands again. Again is no error.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED`, a text's refusal, or an internal error.
pub async fn revoke_waiver(ctx: Context<'_>, waiver_id: WaiverId, reason: &str) -> Result<UnitRow> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut work = ctx.begin().await?;
    let found = store::units::readiness::waiver_for_update(&work.tx, &ctx.caller.visibility(), waiver_id).await?;
    let mut waiver = found.ok_or_else(|| Error::not_found("waiverId"))?;
    let actor = work.act_in_project(ctx.caller, waiver.project_id)?;
    UnitCommand::Waive.rule().check_role(actor.role())?;
    let unit = store::units::find(&work.tx, &ctx.caller.visibility(), waiver.unit_id).await?;
    let unit = unit.ok_or_else(|| Error::not_found("waiverId"))?;
    if waiver.revoked_at.is_some() {
        return Ok(unit);
    }
    waiver.revoked_at = Some(work.now.0);
    let blocker = waiver.blocker;
    store::units::readiness::save_waiver(&work.tx, waiver).await?;
    add_waiver_event(&mut work, EventName::WaiverRevoked, waiver_id, unit.id, reason, blocker.as_str());
    work.commit().await?;
    Ok(unit)
}

async fn unit_for_update(work: &UnitOfWork, caller: &Caller, id: UnitId) -> Result<UnitRow> {
    let mut found = store::units::find_for_update(&work.tx, &caller.visibility(), &[id]).await?;
    found.pop().ok_or_else(|| Error::not_found("unitId"))
}

/// The subject stays in the waiver, because a reader of the event may have no right to know it.
fn add_waiver_event(
    work: &mut UnitOfWork,
    name: EventName,
    waiver_id: WaiverId,
    unit_id: UnitId,
    reason: String,
    blocker: &str,
) {
    work.add_event(NewEvent {
        unit_id: Some(unit_id),
        reason: Some(reason),
        data: json!({ "waiverId": waiver_id, "blocker": blocker }),
        ..NewEvent::new(name, ObjectKind::Waiver, waiver_id, work.now)
    });
    // Waivers have no change of their own: they come inside the unit.
    work.mark_readiness_changed(unit_id);
}
