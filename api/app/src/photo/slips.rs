//! Mend a slip: withdraw a photo, or move it to the defect and the stage where it belongs. Both stay in the record.

use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::{PhotoStage, PhotoState, SlippedPhoto, permit_update, permit_withdraw};
use domain::text::{NOTE_LIMIT, required};
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::PhotoRow;
use super::declare::facts;
use super::read::seen_by;
use crate::App;
use crate::error::{Error, Result};
use crate::input::{check_version, occurred};
use crate::work::{Happening, Work};

/// Which photo, as the caller knew it.
#[derive(Debug, Clone, Copy)]
pub struct PhotoHead {
    /// The photo.
    pub photo_id: Uuid,
    /// The version that the caller knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<Timestamp>,
}

/// Where a photo belongs.
#[derive(Debug, Clone, Copy)]
pub struct UpdatePhoto {
    /// The photo.
    pub head: PhotoHead,
    /// The defect that it shows; left out = as it is.
    pub defect_id: Option<Uuid>,
    /// What it shows; left out = as it is.
    pub stage: Option<PhotoStage>,
}

/// A photo that is held, and as what the caller acts on it.
struct Held {
    work: Work,
    actor: Actor,
    photo: PhotoRow,
    facts: SlippedPhoto,
    occurred_at: Timestamp,
}

impl Held {
    async fn open(app: &App, caller: &Caller, head: PhotoHead) -> Result<Self> {
        let mut work = app.begin(caller).await?;
        let said = occurred(head.occurred_at, work.now)?;
        let mut found = store::photos::find_for_change(&work.tx, &caller.sight(), &[head.photo_id]).await?;
        let photo = found.pop().ok_or_else(|| Error::not_found("photoId"))?;
        let actor = work.enter(caller, photo.project_id)?;
        let occurred_at = work.plausible(said, Timestamp(photo.occurred_at));
        let state: PhotoState = photo.state.parse()?;
        let is_ready = state == PhotoState::Ready && photo.visible_to_owner;
        let others_own = match photo.unit_id {
            Some(unit_id) if is_ready => is_shown_to_others(&work, unit_id, &photo).await?,
            _ => false,
        };
        let facts = SlippedPhoto {
            stage: photo.stage.parse()?,
            state,
            person_id: photo.person_id,
            company_id: photo.company_id,
            is_of_attempt: photo.attempt_id.is_some(),
            is_shown_to_owner: others_own,
        };
        Ok(Self { work, actor, photo, facts, occurred_at })
    }

    /// An event of the photo in the history of a defect.
    fn happening(&self, name: EventName, unit_id: Option<Uuid>, defect_id: Option<Uuid>) -> Happening {
        Happening { unit_id, defect_id, ..Happening::new(name, ObjectKind::Photo, self.photo.id, self.occurred_at) }
    }

    async fn finish(self, app: &App, caller: &Caller) -> Result<PhotoRow> {
        let id = self.photo.id;
        self.work.commit().await?;
        let photo = store::photos::load(app.db.read(), id).await?;
        Ok(seen_by(caller, photo.ok_or_else(|| Error::not_found("photoId"))?))
    }
}

/// Withdraws a photo: it is not shown any more, and nobody waits for it. Its bytes stay for the record. One that is
/// withdrawn already stays as it is.
///
/// # Errors
/// The rule's refusal, a text's refusal, `STALE_VERSION`, or a fault of ours.
pub async fn withdraw(app: &App, caller: &Caller, head: PhotoHead, reason: &str) -> Result<PhotoRow> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut held = Held::open(app, caller, head).await?;
    permit_withdraw(&held.actor, &held.facts)?;
    if held.facts.state == PhotoState::Withdrawn {
        held.work.tx.rollback().await?;
        return Ok(seen_by(caller, held.photo));
    }
    check_version(head.expected_version, held.photo.version)?;
    let (photo, now) = (&held.photo, held.work.now);
    store::photos::withdraw(&held.work.tx, photo.id, caller.person_id, reason.clone(), now).await?;
    let (unit_id, defect_id) = (photo.unit_id, photo.defect_id);
    let happening = Happening {
        from: Some(held.facts.state.as_str()),
        to: Some(PhotoState::Withdrawn.as_str()),
        reason: Some(reason),
        ..held.happening(EventName::PhotoWithdrawn, unit_id, defect_id)
    };
    held.work.event(happening);
    if let Some(unit_id) = unit_id {
        // It may be ready now.
        held.work.changed(ObjectKind::Unit, unit_id, Some(unit_id));
    }
    held.finish(app, caller).await
}

/// Moves a photo to another defect of the project, another stage, or both. The histories of both defects tell it.
///
/// # Errors
/// The rule's refusal, `NOT_FOUND`, `STALE_VERSION`, or a fault of ours.
pub async fn update(app: &App, caller: &Caller, input: UpdatePhoto) -> Result<PhotoRow> {
    let mut held = Held::open(app, caller, input.head).await?;
    let stage = input.stage.unwrap_or(held.facts.stage);
    let defect_id = input.defect_id.or(held.photo.defect_id).ok_or_else(signature_stays)?;
    let found = store::defects::find(&held.work.tx, &caller.sight(), defect_id).await?;
    let defect = found.filter(|defect| defect.project_id == held.photo.project_id);
    let defect = defect.ok_or_else(|| Error::not_found("defectId"))?;
    permit_update(&held.actor, &held.facts, stage, &facts(&defect))?;
    if held.photo.company_id.is_none() && held.photo.unit_id != Some(defect.unit_id) {
        // An owner's photo is not shown to the owners of another home.
        return Err(Refusal::at(RefusalCode::OwnersFinding, "defectId").into());
    }
    let before = held.photo.clone();
    let mut changes = Map::new();
    if before.defect_id != Some(defect.id) {
        changes.insert("defectId".to_owned(), json!({ "from": before.defect_id, "to": defect.id }));
    }
    if held.facts.stage != stage {
        changes.insert("stage".to_owned(), json!({ "from": held.facts.stage, "to": stage }));
    }
    if changes.is_empty() {
        held.work.tx.rollback().await?;
        return Ok(seen_by(caller, before));
    }
    check_version(input.head.expected_version, before.version)?;
    store::photos::move_to(&held.work.tx, before.id, (defect.unit_id, defect.id), stage).await?;
    let data = Value::Object(changes);
    let mut homes = vec![(Some(defect.unit_id), Some(defect.id))];
    if before.defect_id != Some(defect.id) {
        homes.push((before.unit_id, before.defect_id));
    }
    for (unit_id, defect_id) in homes {
        let happening = Happening { data: data.clone(), ..held.happening(EventName::PhotoUpdated, unit_id, defect_id) };
        held.work.event(happening);
        if let Some(unit_id) = unit_id {
            held.work.changed(ObjectKind::Unit, unit_id, Some(unit_id));
        }
    }
    held.finish(app, caller).await
}

/// Whether another person who owns the photo's unit can see it, or could before its defect was moved.
async fn is_shown_to_others(work: &Work, unit_id: Uuid, photo: &PhotoRow) -> Result<bool> {
    let mut units = vec![unit_id];
    if let Some(defect_id) = photo.defect_id {
        units.extend(store::defects::moved_between(&work.tx, defect_id).await?);
    }
    for unit_id in units {
        if store::photos::is_open_to_others(&work.tx, unit_id, photo.person_id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn signature_stays() -> Error {
    let wrong = Refusal::at(RefusalCode::InvalidValue, "photoId");
    wrong.because("signatures and plans stay as they are", "签名和平面图不能更改").into()
}
