//! Declare other bytes for a photo of which nothing has arrived: a phone's system may change a file after the app has
//! hashed it.

use blob_store::ObjectError;
use domain::Caller;
use domain::object_kind::ObjectKind;
use domain::photo::{Declared, PhotoCommand};
use domain::quota::Quota;
use serde_json::json;

use super::declare::{Declaration, DeclarePhoto, PhotoSubject, earliest, subject};
use super::finalize::delete_object;
use super::upload;
use super::{PhotoRow, object_keys, store_failed};
use crate::App;
use crate::context::Context;
use crate::error::Result;
use crate::fingerprint::fingerprint;
use crate::input::occurred;
use crate::project::rules::ProjectRules;
use crate::redacted::Redacted;
use crate::unit_of_work::NewEvent;

/// Declares other bytes for the caller's own photo, which has the same subject and stage; none where that is not so, or
/// where bytes have arrived.
///
/// # Errors
/// Refusals of rights or quotas, `STORE_UNAVAILABLE`, or an internal error.
pub(super) async fn declare_anew(
    ctx: Context<'_>,
    input: &DeclarePhoto,
    bytes: Declared,
) -> Result<Option<Declaration>> {
    let Some(before) = store::photos::load(ctx.app.db.read(), input.photo_id).await? else { return Ok(None) };
    if !is_same_photo(ctx.caller, input, &before) || has_arrived(ctx.app, &before).await? {
        return Ok(None);
    }
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    // The photo stays with the company for which it was declared, so its time does not decide who the caller is.
    let now = work.now;
    let (actor, defect) = subject(&mut work, ctx.caller, input.subject, now).await?;
    let held = store::photos::lock_for_update(&work.tx, before.id).await?;
    let Some(mut photo) = held.filter(|held| held.version == before.version) else { return Ok(None) };
    let more = (input.byte_size - photo.byte_size).max(0);
    photo.sha256 = bytes.sha256.to_vec();
    photo.byte_size = input.byte_size;
    photo.content_type = bytes.content_type;
    photo.staging_key = match store::photos::find_same_content(&work.tx, &photo).await? {
        Some(_) => None,
        None => Some(object_keys::staging(photo.id, work.new_id())),
    };
    photo.multipart_id = None;
    photo.version += 1;
    store::photos::declare_anew(&work.tx, &photo).await?;
    store::client_ids::replace(&work.tx, photo.id.uuid(), fingerprint(input)?).await?;
    let rules = ProjectRules::load(&work.tx, actor.project_id).await?;
    let occurred_at = work.plausible_time(said, earliest(&rules, input.stage, defect.as_ref()));
    work.charge(&rules, &actor, &[(Quota::PhotoBytes, more)]).await?;
    let state = photo.state.as_str();
    work.add_event(NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(state),
        to: Some(state),
        data: json!({ "stage": photo.stage, "byteSize": photo.byte_size }),
        ..NewEvent::new(PhotoCommand::Declare.event(), ObjectKind::Photo, photo.id, occurred_at)
    });
    work.commit().await?;
    if let Some(staging) = &before.staging_key {
        delete_object(ctx.app, staging).await;
    }
    let upload = upload::first_upload(ctx.app, &photo).await?;
    Ok(Some(Declaration { photo: Redacted::of(ctx.caller, photo), upload }))
}

/// Whether all but the bytes is as it was declared, and the bytes are still awaited.
fn is_same_photo(caller: &Caller, input: &DeclarePhoto, photo: &PhotoRow) -> bool {
    let is_same_subject = match input.subject {
        PhotoSubject::Defect(id) => photo.defect_id == Some(id),
        PhotoSubject::Signature { project_id } => photo.defect_id.is_none() && photo.project_id == project_id,
    };
    photo.person_id == caller.person_id && is_same_subject && photo.stage == input.stage && photo.state.awaits_bytes()
}

/// Whether the bytes that were declared before are there, whole or in parts.
async fn has_arrived(app: &App, photo: &PhotoRow) -> Result<bool> {
    let Some(staging) = &photo.staging_key else { return Ok(false) };
    match app.objects.head(staging).await {
        Ok(head) => Ok(i64::try_from(head.length) == Ok(photo.byte_size)),
        Err(ObjectError::NotFound) => Ok(false),
        Err(error) => Err(store_failed(&error)),
    }
}
