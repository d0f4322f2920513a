//! Complete an upload: check that the bytes are what was declared, and keep them.

use domain::Caller;
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::PhotoState;
use domain::{Refusal, RefusalCode};
use uuid::Uuid;

use super::read::seen_by;
use super::render::job::RenderPhoto;
use super::{PhotoRow, keys, store_failed};
use crate::App;
use crate::error::{Error, Result};
use crate::jobs::JobKind;
use crate::object_store::ObjectError;
use crate::work::Happening;

/// Why the bytes cannot be kept.
enum Trouble {
    NotThere,
    Mismatch,
    Store(ObjectError),
}

impl From<ObjectError> for Trouble {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound => Self::NotThere,
            error => Self::Store(error),
        }
    }
}

/// Completes the upload of an own photo. Completing again answers the photo as it stands.
///
/// # Errors
/// `PHOTO_NOT_THERE`, `PHOTO_MISMATCH` (upload it again), `STORE_UNAVAILABLE`, or a fault of ours; the photo stays
/// declared.
pub async fn complete(app: &App, caller: &Caller, photo_id: Uuid) -> Result<PhotoRow> {
    let photo = own(app, caller, photo_id).await?;
    if !photo.state.parse::<PhotoState>()?.awaits_bytes() {
        return Ok(seen_by(caller, photo));
    }
    // No transaction is open while the object store is asked.
    match keep(app, &photo).await {
        Ok(object_key) => receive(app, caller, photo, object_key).await,
        Err(trouble) => refuse(app, caller, photo, trouble).await,
    }
}

/// A photo that the caller declared, in a project where the caller still has a standing.
async fn own(app: &App, caller: &Caller, id: Uuid) -> Result<PhotoRow> {
    let found = store::photos::find(app.db.read(), &caller.sight(), id).await?;
    found.filter(|photo| photo.person_id == caller.person_id).ok_or_else(|| Error::not_found("photoId"))
}

/// Brings the declared bytes to their final place, and answers where that is.
async fn keep(app: &App, photo: &PhotoRow) -> Result<String, Trouble> {
    let other = |error: store::Error| {
        Trouble::Store(ObjectError::Other { action: "look for the same bytes", reason: error.to_string() })
    };
    let twin = store::photos::stored_twin(app.db.read(), photo).await.map_err(other)?;
    if let Some(there) = twin {
        return Ok(there);
    }
    let staging = photo.staging_key.as_deref().ok_or(Trouble::NotThere)?;
    let head = app.objects.head(staging).await?;
    let declared = (u64::try_from(photo.byte_size).unwrap_or(0), photo.sha256.as_slice());
    if head.length != declared.0 {
        return Err(Trouble::Mismatch);
    }
    let original = keys::original(photo.project_id, &photo.sha256);
    let traits = app.objects.traits();
    if traits.enforces_sha256 && traits.enforces_length {
        if head.sha256.is_some_and(|sha256| sha256 != declared.1) {
            return Err(Trouble::Mismatch);
        }
        app.objects.copy(staging, &original).await?;
        return Ok(original);
    }
    // The link to the staging place is still good: check a copy that no link leads to.
    let unlinked = keys::unlinked(photo.id, app.ids.next());
    app.objects.copy(staging, &unlinked).await?;
    let kept = check_and_copy(app, &unlinked, &original, declared).await;
    forget(app, &unlinked).await;
    kept.map(|()| original)
}

async fn check_and_copy(app: &App, from: &str, to: &str, declared: (u64, &[u8])) -> Result<(), Trouble> {
    let (length, sha256) = app.objects.read_hash(from).await?;
    if (length, sha256.as_slice()) != declared {
        return Err(Trouble::Mismatch);
    }
    Ok(app.objects.copy(from, to).await?)
}

/// `DECLARED` → `RECEIVED`, with the job that makes the renditions.
async fn receive(app: &App, caller: &Caller, photo: PhotoRow, object_key: String) -> Result<PhotoRow> {
    let before: PhotoState = photo.state.parse()?;
    let mut work = app.begin(caller).await?;
    work.enter(caller, photo.project_id)?;
    if !store::photos::receive(&work.tx, photo.id, object_key, work.now).await? {
        // Completed by another request meanwhile.
        work.tx.rollback().await?;
        return Ok(seen_by(caller, own(app, caller, photo.id).await?));
    }
    work.event(Happening {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(before.as_str()),
        to: Some(PhotoState::Received.as_str()),
        ..Happening::new(EventName::PhotoReceived, ObjectKind::Photo, photo.id, work.now)
    });
    work.job(JobKind::PhotoRendition, &RenderPhoto { photo_id: photo.id })?;
    work.commit().await?;
    if let Some(staging) = &photo.staging_key {
        forget(app, staging).await;
    }
    Ok(seen_by(caller, own(app, caller, photo.id).await?))
}

async fn refuse(app: &App, caller: &Caller, photo: PhotoRow, trouble: Trouble) -> Result<PhotoRow> {
    match trouble {
        Trouble::Store(error) => Err(store_failed(&error)),
        Trouble::NotThere => {
            // Another request may have completed it and cleared its place meanwhile.
            let now = own(app, caller, photo.id).await?;
            if now.state.parse::<PhotoState>()?.awaits_bytes() {
                return Err(Refusal::at(RefusalCode::PhotoNotThere, "photoId").into());
            }
            Ok(seen_by(caller, now))
        }
        Trouble::Mismatch => {
            // Forgotten, so that the next declaration gives a new link instead of saying that the bytes are there.
            let staging = photo.staging_key.as_deref();
            app.db.write(async |tx| store::photos::await_upload(tx, photo.id, staging, None).await).await?;
            if let Some(staging) = staging {
                forget(app, staging).await;
            }
            Err(Refusal::at(RefusalCode::PhotoMismatch, "photoId").into())
        }
    }
}

/// Removes what is no longer needed; left behind it costs space only.
async fn forget(app: &App, key: &str) {
    if let Err(error) = app.objects.delete(key).await {
        tracing::warn!(key, %error, "an object that is no longer needed could not be removed");
    }
}
