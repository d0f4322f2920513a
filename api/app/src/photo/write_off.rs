//! Write off declared photos that never arrived: they do not count as missing any more. A photo that arrives after all
//! is accepted.

use std::collections::{BTreeMap, HashMap};

use domain::id::{PersonId, PhotoId, ProjectId};
use domain::object_kind::ObjectKind;
use domain::photo::{PhotoCommand, PhotoState};
use domain::text::{NOTE_LIMIT, required};
use domain::{Refusal, RefusalCode};

use super::PhotoRow;
use super::read::find_photos;
use super::sides::of_other_side;
use crate::context::Context;
use crate::error::{Result, note_denial};
use crate::redacted::Redacted;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Most photos in one command.
pub const MOST: usize = 100;

/// What became of one of the photos.
#[derive(Debug, Clone)]
pub struct WriteOffResult {
    /// The photo that was named.
    pub photo_id: PhotoId,
    /// The photo as it is now; none when there is none that the caller may see.
    pub photo: Option<Redacted<PhotoRow>>,
    /// Why nothing was done.
    pub refusal: Option<Refusal>,
}

/// Writes photos off, each for itself. One that is written off already stays as it is.
///
/// # Errors
/// `TOO_MANY`, a text's refusal, or an internal error; each photo's refusal is in its answer.
pub async fn write_off(ctx: Context<'_>, photo_ids: &[PhotoId], reason: &str) -> Result<Vec<WriteOffResult>> {
    if photo_ids.len() > MOST {
        return Err(Refusal::at(RefusalCode::TooMany, "photoIds").with("limit", MOST).into());
    }
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut projects: BTreeMap<ProjectId, Vec<PhotoId>> = BTreeMap::new();
    for photo in store::photos::find_many(ctx.app.db.read(), &ctx.caller.visibility(), photo_ids).await? {
        projects.entry(photo.project_id).or_default().push(photo.id);
    }
    let mut refusals = HashMap::new();
    for (project_id, ids) in projects {
        refusals.extend(in_project(ctx, project_id, &ids, &reason).await?);
    }
    let now = find_photos(ctx.app, ctx.caller, photo_ids).await?;
    let now: HashMap<PhotoId, Redacted<PhotoRow>> = now.into_iter().map(|photo| (photo.id, photo)).collect();
    let answer = |&photo_id: &PhotoId| {
        let photo = now.get(&photo_id).cloned();
        let unseen = || photo.is_none().then(|| Refusal::at(RefusalCode::NotFound, "photoIds"));
        WriteOffResult { photo_id, refusal: refusals.get(&photo_id).cloned().or_else(unseen), photo }
    };
    Ok(photo_ids.iter().map(answer).collect())
}

/// Writes off those of one project; returns which were refused, and why.
async fn in_project(
    ctx: Context<'_>,
    project_id: ProjectId,
    ids: &[PhotoId],
    reason: &str,
) -> Result<HashMap<PhotoId, Refusal>> {
    let mut work = ctx.begin().await?;
    let actor = work.act_in_project(ctx.caller, project_id)?;
    let allowed = PhotoCommand::WriteOff.rule().allows(actor.role());
    let mut refusals = HashMap::new();
    let photos = store::photos::find_for_update(&work.tx, &ctx.caller.visibility(), ids).await?;
    let of_other_side = of_other_side(&work.tx, &actor, &photos, None).await?;
    for photo in photos {
        let state = photo.state;
        let refusal = if !allowed {
            Refusal::from(RefusalCode::RoleNotAllowed)
        } else if of_other_side.contains(&photo.id) {
            Refusal::from(RefusalCode::ActedForOtherParty)
        } else if !PhotoCommand::WriteOff.states().contains(&state) {
            Refusal::at(RefusalCode::PhotoNotMissing, "photoIds").with("state", state.as_str())
        } else {
            if state != PhotoState::WrittenOff {
                write_off_photo(&mut work, &photo, actor.person_id, reason).await?;
            }
            continue;
        };
        note_denial(&refusal);
        refusals.insert(photo.id, refusal);
    }
    work.commit().await?;
    Ok(refusals)
}

async fn write_off_photo(work: &mut UnitOfWork, photo: &PhotoRow, person_id: PersonId, reason: &str) -> Result<()> {
    if !store::photos::write_off(&work.tx, photo.id, person_id, reason.to_owned(), work.now).await? {
        return Ok(());
    }
    work.add_event(NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(photo.state.as_str()),
        to: Some(PhotoState::WrittenOff.as_str()),
        reason: Some(reason.to_owned()),
        ..NewEvent::new(PhotoCommand::WriteOff.event(), ObjectKind::Photo, photo.id, work.now)
    });
    if let Some(unit_id) = photo.unit_id {
        // It may be ready now.
        work.mark_readiness_changed(unit_id);
    }
    Ok(())
}
