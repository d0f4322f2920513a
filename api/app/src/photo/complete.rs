//! Complete an upload: check that the bytes match the declaration, and keep them.

use domain::id::PhotoId;
use domain::{Refusal, RefusalCode};

use super::finalize::{FinalizeError, Received, discard_upload, finalize_upload, mark_received};
use super::{PhotoRow, store_failed};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::redacted::Redacted;

/// Completes the upload of an own photo. Completing again answers the photo as it is now.
///
/// # Errors
/// `PHOTO_NOT_THERE`, `PHOTO_MISMATCH` (upload it again), `STORE_UNAVAILABLE`, or an internal error; the photo stays
/// declared.
pub async fn complete(ctx: Context<'_>, photo_id: PhotoId) -> Result<Redacted<PhotoRow>> {
    loop {
        let photo = find_own_photo(ctx, photo_id).await?;
        if !photo.state.awaits_bytes() {
            return Ok(Redacted::of(ctx.caller, photo));
        }
        let object_key = match finalize_upload(ctx.app, &photo).await {
            Ok(object_key) => object_key,
            Err(error) => return refuse_upload(ctx, photo, error).await,
        };
        let mut work = ctx.begin().await?;
        work.act_in_project(ctx.caller, photo.project_id)?;
        match mark_received(ctx.app, work, &photo, &object_key).await? {
            Received::Now | Received::Before => {
                return Ok(Redacted::of(ctx.caller, find_own_photo(ctx, photo_id).await?));
            }
            // At most once: the other key is of this photo alone.
            Received::ObjectKeyRetired => {}
        }
    }
}

/// A photo that the caller declared, in a project in which the caller still has a role.
async fn find_own_photo(ctx: Context<'_>, id: PhotoId) -> Result<PhotoRow> {
    let found = store::photos::find(ctx.app.db.read(), &ctx.caller.visibility(), id).await?;
    found.filter(|photo| photo.person_id == ctx.caller.person_id).ok_or_else(|| Error::not_found("photoId"))
}

async fn refuse_upload(ctx: Context<'_>, photo: PhotoRow, error: FinalizeError) -> Result<Redacted<PhotoRow>> {
    match error {
        FinalizeError::Store(error) => Err(store_failed(&error)),
        FinalizeError::Database(error) => Err(error.into()),
        FinalizeError::NotThere => {
            // Another request may have completed it and cleared its staging key meanwhile.
            let now = find_own_photo(ctx, photo.id).await?;
            if now.state.awaits_bytes() {
                return Err(Refusal::at(RefusalCode::PhotoNotThere, "photoId").into());
            }
            Ok(Redacted::of(ctx.caller, now))
        }
        FinalizeError::Mismatch => {
            discard_upload(ctx.app, &photo).await?;
            Err(Refusal::at(RefusalCode::PhotoMismatch, "photoId").into())
        }
    }
}
