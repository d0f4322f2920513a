//! Corrections: withdraw a photo, or move it to the right defect and stage. Both stay in the history.

use std::collections::BTreeSet;

use domain::change::ChangeAudience;
use domain::defect::VoidReason;
use domain::id::{DefectId, PersonId, PhotoId, UnitId};
use domain::object_kind::ObjectKind;
use domain::photo::{
    CorrectedPhoto, PhotoCommand, PhotoStage, PhotoState, permit_target, permit_update, permit_withdraw,
};
use domain::text::{NOTE_LIMIT, required};
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde_json::{Map, Value, json};
use store::photos::PhotoMove;

use super::PhotoRow;
use super::declare::facts;
use super::sides::of_other_side;
use crate::context::Context;
use crate::defect::DefectRow;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, ReasonedCommand, check_version, occurred};
use crate::operation::{Change, FieldConflict, OperationContext};
use crate::redacted::Redacted;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Where a photo belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdatePhoto {
    /// The photo.
    pub header: CommandHeader<PhotoId>,
    /// The defect that it shows; left out = as it is.
    pub defect_id: Option<DefectId>,
    /// The stage that it shows; left out = unchanged.
    pub stage: Option<PhotoStage>,
}

/// A locked photo, with the caller as a member of its project.
struct LockedPhoto {
    work: UnitOfWork,
    actor: Actor,
    photo: PhotoRow,
    facts: CorrectedPhoto,
    occurred_at: Timestamp,
}

impl LockedPhoto {
    /// Locks the photo, if the caller may see it, and the rows that decide on it; `to` is the defect to which it is
    /// moved.
    async fn open(ctx: Context<'_>, header: CommandHeader<PhotoId>, to: Option<DefectId>) -> Result<Self> {
        loop {
            let work = ctx.begin().await?;
            if let Some((photo, units)) = lock_units_and_defects(&work, ctx.caller, header.target, to).await? {
                return Self::of(work, ctx.caller, header, photo, (&units, to)).await;
            }
            // A concurrent command moved the photo or its defect: begin again, to lock in the right order.
            work.tx.rollback().await?;
        }
    }

    async fn of(
        mut work: UnitOfWork,
        caller: &Caller,
        header: CommandHeader<PhotoId>,
        photo: PhotoRow,
        (units, to): (&BTreeSet<UnitId>, Option<DefectId>),
    ) -> Result<Self> {
        let said = occurred(header.occurred_at, work.now)?;
        let actor = work.act_in_project_at(caller, photo.project_id, said).await?;
        let occurred_at = work.plausible_time(said, Timestamp(photo.occurred_at));
        let state = photo.state;
        let is_ready = state == PhotoState::Ready && photo.visible_to_owner;
        let of_other_side = of_other_side(&work.tx, &actor, std::slice::from_ref(&photo), to).await?;
        let facts = CorrectedPhoto {
            stage: photo.stage,
            state,
            person_id: photo.person_id,
            company_id: photo.company_id,
            is_of_attempt: photo.attempt_id.is_some(),
            is_shown_to_owner: is_ready && is_shown_to_others(&work, units, photo.person_id).await?,
            acted_for_other_side: of_other_side.contains(&photo.id),
        };
        Ok(Self { work, actor, photo, facts, occurred_at })
    }

    /// Whether another person or device has moved the photo since the version that the client saw. A photo whose move was
    /// never noted was moved before any version that a device can name.
    fn is_moved_by_others(&self) -> bool {
        let photo = &self.photo;
        let version = Some(photo.moved_in.unwrap_or(0));
        let change = Change { version, by: photo.moved_by, device_id: photo.moved_device };
        self.work.is_by_others(photo.version, change)
    }

    fn conflict(&self, field: &str, yours: Value, theirs: Value) -> FieldConflict {
        let (changed_at, changed_by) = (self.photo.moved_at.map(Timestamp), self.photo.moved_by);
        FieldConflict { field: field.to_owned(), yours, theirs, changed_at, changed_by }
    }

    /// Leaves the photo as others moved it, and reports the device's values as a conflict.
    async fn report_conflicts(self, caller: &Caller, conflicts: Vec<FieldConflict>) -> Result<Redacted<PhotoRow>> {
        if let Some(operation) = &self.work.operation {
            operation.conflict(conflicts);
        }
        self.unchanged(caller).await
    }

    /// The answer of a command that changes nothing.
    async fn unchanged(self, caller: &Caller) -> Result<Redacted<PhotoRow>> {
        self.work.tx.rollback().await?;
        Ok(Redacted::of(caller, self.photo))
    }

    /// An event of the photo in the history of a defect.
    fn new_event(&self, command: PhotoCommand, unit_id: Option<UnitId>, defect_id: Option<DefectId>) -> NewEvent {
        let event = NewEvent::new(command.event(), ObjectKind::Photo, self.photo.id, self.occurred_at);
        NewEvent { unit_id, defect_id, ..event }
    }

    /// Whether a photo is used again looks different to staff from now on, at its defect and at the others with the
    /// same bytes. To owners the photo itself comes.
    async fn change_same_bytes(&mut self) -> Result<()> {
        let (tx, photo) = (&self.work.tx, &self.photo);
        let mut defects = store::photos::defects_with_bytes(tx, photo.project_id, &photo.sha256, None).await?;
        defects.extend(photo.defect_id.map(|defect_id| (defect_id, photo.unit_id)));
        for (defect_id, unit_id) in defects {
            self.work.mark_changed_for(ChangeAudience::Staff, ObjectKind::Defect, defect_id, unit_id);
        }
        Ok(())
    }

    async fn finish(self, ctx: Context<'_>) -> Result<Redacted<PhotoRow>> {
        let id = self.photo.id;
        self.work.commit().await?;
        let photo = store::photos::load(ctx.app.db.read(), id).await?;
        Ok(Redacted::of(ctx.caller, photo.ok_or_else(|| Error::not_found("photoId"))?))
    }
}

/// Withdraws a photo: it is not shown any more and does not count as missing. Its bytes stay for the record. A photo
/// that is already withdrawn stays unchanged.
///
/// # Errors
/// The rule's refusal, a text's refusal, `STALE_VERSION`, or an internal error.
pub async fn withdraw(ctx: Context<'_>, input: ReasonedCommand<PhotoId>) -> Result<Redacted<PhotoRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut held = LockedPhoto::open(ctx, input.header, None).await?;
    permit_withdraw(&held.actor, &held.facts)?;
    if held.facts.state == PhotoState::Withdrawn {
        return held.unchanged(ctx.caller).await;
    }
    check_version(input.header.expected_version, held.photo.version)?;
    if held.is_moved_by_others() {
        // Another person may have corrected the photo already.
        let moved = held.conflict("defectId", Value::Null, json!(held.photo.defect_id));
        return held.report_conflicts(ctx.caller, vec![moved]).await;
    }
    let (photo, now) = (&held.photo, held.work.now);
    store::photos::withdraw(&held.work.tx, photo.id, ctx.caller.person_id, reason.clone(), now).await?;
    let (unit_id, defect_id) = (photo.unit_id, photo.defect_id);
    let event = NewEvent {
        from: Some(held.facts.state.as_str()),
        to: Some(PhotoState::Withdrawn.as_str()),
        reason: Some(reason),
        ..held.new_event(PhotoCommand::Withdraw, unit_id, defect_id)
    };
    held.work.add_event(event);
    if let Some(unit_id) = unit_id {
        // It may be ready now.
        held.work.mark_readiness_changed(unit_id);
    }
    held.change_same_bytes().await?;
    held.finish(ctx).await
}

/// Moves a photo to another defect of the project, another stage, or both. The histories of both defects record it.
///
/// # Errors
/// The rule's refusal, `NOT_FOUND`, `STALE_VERSION`, or an internal error.
pub async fn update(ctx: Context<'_>, input: UpdatePhoto) -> Result<Redacted<PhotoRow>> {
    let mut held = LockedPhoto::open(ctx, input.header, input.defect_id).await?;
    let stage = input.stage.unwrap_or(held.facts.stage);
    let defect = held.target(ctx.caller, input.defect_id).await?;
    permit_update(&held.actor, &held.facts, stage, &facts(&defect))?;
    held.check_target(&defect)?;
    let changes = held.changes(defect.id, stage);
    if changes.is_empty() {
        return held.unchanged(ctx.caller).await;
    }
    check_version(input.header.expected_version, held.photo.version)?;
    if held.is_moved_by_others() {
        let conflicts = changes.into_iter().map(|(name, change)| {
            let (theirs, yours) = (change["from"].clone(), change["to"].clone());
            held.conflict(&name, yours, theirs)
        });
        let conflicts = conflicts.collect();
        return held.report_conflicts(ctx.caller, conflicts).await;
    }
    let by = PhotoMove {
        version: held.photo.version + 1,
        person_id: ctx.caller.person_id,
        device_id: held.work.operation.as_ref().map(OperationContext::device_id),
        at: held.work.now,
    };
    store::photos::move_to(&held.work.tx, held.photo.id, (defect.unit_id, defect.id), stage, by).await?;
    held.change_same_bytes().await?;
    held.add_move_events(&defect, &Value::Object(changes));
    held.finish(ctx).await
}

impl LockedPhoto {
    /// The defect at which the photo will be, as the caller may see it.
    async fn target(&self, caller: &Caller, defect_id: Option<DefectId>) -> Result<DefectRow> {
        let id = defect_id.or(self.photo.defect_id).ok_or_else(signature_stays)?;
        let found = store::defects::find(&self.work.tx, &caller.visibility(), id).await?;
        let defect = found.filter(|defect| defect.project_id == self.photo.project_id);
        defect.ok_or_else(|| Error::not_found("defectId"))
    }

    fn check_target(&self, defect: &DefectRow) -> Result<()> {
        if self.photo.company_id.is_none() && self.photo.unit_id != Some(defect.unit_id) {
            // An owner's photo is not shown to the owners of another home.
            return Err(Refusal::at(RefusalCode::OwnersFinding, "defectId").into());
        }
        if self.photo.defect_id != Some(defect.id) {
            let is_merged = defect.void_reason == Some(VoidReason::Merged);
            permit_target(defect.status, is_merged)?;
        }
        Ok(())
    }

    /// What changes, each with its value before and after.
    fn changes(&self, defect_id: DefectId, stage: PhotoStage) -> Map<String, Value> {
        let mut changes = Map::new();
        if self.photo.defect_id != Some(defect_id) {
            changes.insert("defectId".to_owned(), json!({ "from": self.photo.defect_id, "to": defect_id }));
        }
        if self.facts.stage != stage {
            changes.insert("stage".to_owned(), json!({ "from": self.facts.stage, "to": stage }));
        }
        changes
    }

    /// Adds the move to the histories of both defects.
    fn add_move_events(&mut self, defect: &DefectRow, data: &Value) {
        let mut histories = vec![(Some(defect.unit_id), Some(defect.id))];
        if self.photo.defect_id != Some(defect.id) {
            histories.push((self.photo.unit_id, self.photo.defect_id));
            self.work.mark_photo_moved(self.photo.id);
        }
        for (unit_id, defect_id) in histories {
            let event = self.new_event(PhotoCommand::Update, unit_id, defect_id);
            self.work.add_event(NewEvent { data: data.clone(), ..event });
            if let Some(unit_id) = unit_id {
                self.work.mark_readiness_changed(unit_id);
            }
        }
    }
}

/// Locks the photo, if the caller may see it. Before it, the rows that decide on it are locked (shared) in the order of
/// all commands: the units whose owners may see it, then its defect and the one to which it is moved. `None` if the
/// photo or its defect was moved meanwhile.
async fn lock_units_and_defects(
    work: &UnitOfWork,
    caller: &Caller,
    photo_id: PhotoId,
    to: Option<DefectId>,
) -> Result<Option<(PhotoRow, BTreeSet<UnitId>)>> {
    let (tx, scope) = (&work.tx, caller.visibility());
    let missing = || Error::not_found("photoId");
    let seen = store::photos::find(tx, &scope, photo_id).await?.ok_or_else(missing)?;
    let units = units_of(work, &seen).await?;
    let held: Vec<UnitId> = units.iter().copied().collect();
    store::units::lock_shared(tx, &held).await?;
    let defects: Vec<DefectId> = seen.defect_id.into_iter().chain(to).collect();
    store::defects::lock_shared(tx, &defects).await?;
    let found = store::photos::find_for_update(tx, &scope, &[photo_id]).await?.pop();
    let photo = found.ok_or_else(missing)?;
    let stays = photo.defect_id == seen.defect_id && units_of(work, &photo).await? == units;
    Ok(stays.then_some((photo, units)))
}

/// The units whose owners may see a photo, or could before its defect was moved.
async fn units_of(work: &UnitOfWork, photo: &PhotoRow) -> Result<BTreeSet<UnitId>> {
    let mut units: BTreeSet<UnitId> = photo.unit_id.into_iter().collect();
    if let (Some(_), Some(defect_id)) = (photo.unit_id, photo.defect_id) {
        units.extend(store::defects::moved_between(&work.tx, defect_id).await?);
    }
    Ok(units)
}

/// Whether one of the units is open to an owner other than this person. The units are locked.
async fn is_shown_to_others(work: &UnitOfWork, units: &BTreeSet<UnitId>, person_id: PersonId) -> Result<bool> {
    for &unit_id in units {
        if store::photos::is_open_to_others(&work.tx, unit_id, person_id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn signature_stays() -> Error {
    let wrong = Refusal::at(RefusalCode::InvalidValue, "photoId");
    wrong.because("signatures and plans stay as they are", "签名和平面图不能更改").into()
}
