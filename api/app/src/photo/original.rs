//! Read the original of a photo of another company or of an owner: with a reason, and an event that stays.

use blob_store::Caching;
use domain::id::PhotoId;
use domain::object_kind::ObjectKind;
use domain::photo::{PhotoCommand, PhotoState};
use domain::text::{NOTE_LIMIT, required};
use domain::{Refusal, RefusalCode};

use super::PhotoRow;
use super::read::is_picture;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::redacted::Redacted;
use crate::unit_of_work::NewEvent;

/// Returns the photo and a link to its original as it was uploaded, after the event was written.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED`, `PHOTO_NOT_READY`, a text's refusal, or an internal error.
pub async fn read_original(ctx: Context<'_>, photo_id: PhotoId, reason: &str) -> Result<(Redacted<PhotoRow>, String)> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let photo = store::photos::find(ctx.app.db.read(), &ctx.caller.visibility(), photo_id).await?;
    let photo = photo.ok_or_else(|| Error::not_found("photoId"))?;
    let mut work = ctx.begin().await?;
    let actor = work.act_in_project(ctx.caller, photo.project_id)?;
    PhotoCommand::ReadOriginal.rule().check_role(actor.role())?;
    let state = photo.state;
    let is_possible = PhotoCommand::ReadOriginal.states().contains(&state);
    let is_there = is_possible && (state != PhotoState::Rejected || is_picture(photo.rejection));
    let Some(key) = photo.object_key.clone().filter(|_| is_there) else {
        return Err(Refusal::at(RefusalCode::PhotoNotReady, "photoId").with("state", state.as_str()).into());
    };
    let now = work.now;
    // The photo itself does not change: a download is an entry in the record, and clients need no new copy of the
    // photo.
    work.add_event_without_change(NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        reason: Some(reason),
        ..NewEvent::new(PhotoCommand::ReadOriginal.event(), ObjectKind::Photo, photo.id, now)
    });
    work.commit().await?;
    tracing::info!(person = %ctx.caller.person_id, photo = %photo.id, "an original was read");
    let link = ctx.app.objects.presign_get(&key, Caching::None, Some(photo.content_type.as_str()));
    Ok((Redacted::of(ctx.caller, photo), link))
}
