//! Complete an upload: check that the bytes are what was declared, and keep them.

use domain::photo::PhotoState;
use domain::{Refusal, RefusalCode};
use uuid::Uuid;

use super::keep::{Received, Trouble, forget_upload, receive, settle};
use super::read::seen_by;
use super::{PhotoRow, store_failed};
use crate::context::Context;
use crate::error::{Error, Result};

/// Completes the upload of an own photo. Completing again answers the photo as it stands.
///
/// # Errors
/// `PHOTO_NOT_THERE`, `PHOTO_MISMATCH` (upload it again), `STORE_UNAVAILABLE`, or a fault of ours; the photo stays
/// declared.
pub async fn complete(ctx: Context<'_>, photo_id: Uuid) -> Result<PhotoRow> {
    loop {
        let photo = own(ctx, photo_id).await?;
        if !photo.state.parse::<PhotoState>()?.awaits_bytes() {
            return Ok(seen_by(ctx.caller, photo));
        }
        let object_key = match settle(ctx.app, &photo).await {
            Ok(object_key) => object_key,
            Err(trouble) => return refuse(ctx, photo, trouble).await,
        };
        let mut work = ctx.begin().await?;
        work.enter(ctx.caller, photo.project_id)?;
        match receive(ctx.app, work, &photo, &object_key).await? {
            Received::Now | Received::Before => return Ok(seen_by(ctx.caller, own(ctx, photo_id).await?)),
            // At most once: the other place is of this photo alone.
            Received::PlaceCondemned => {}
        }
    }
}

/// A photo that the caller declared, in a project where the caller still has a standing.
async fn own(ctx: Context<'_>, id: Uuid) -> Result<PhotoRow> {
    let found = store::photos::find(ctx.app.db.read(), &ctx.caller.sight(), id).await?;
    found.filter(|photo| photo.person_id == ctx.caller.person_id).ok_or_else(|| Error::not_found("photoId"))
}

async fn refuse(ctx: Context<'_>, photo: PhotoRow, trouble: Trouble) -> Result<PhotoRow> {
    match trouble {
        Trouble::Store(error) => Err(store_failed(&error)),
        Trouble::NotThere => {
            // Another request may have completed it and cleared its place meanwhile.
            let now = own(ctx, photo.id).await?;
            if now.state.parse::<PhotoState>()?.awaits_bytes() {
                return Err(Refusal::at(RefusalCode::PhotoNotThere, "photoId").into());
            }
            Ok(seen_by(ctx.caller, now))
        }
        Trouble::Mismatch => {
            forget_upload(ctx.app, &photo).await?;
            Err(Refusal::at(RefusalCode::PhotoMismatch, "photoId").into())
        }
    }
}
