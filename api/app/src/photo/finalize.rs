//! Finalize an upload: read the bytes, compare them with the declaration, copy them to their final key, and change the
//! photo's state. Called when a tablet completes its upload, and by the garbage collection for uploads that were never
//! completed.

use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::PhotoState;

use blob_store::ObjectError;
use tokio::sync::Semaphore;

use super::jobs::RenderPhoto;
use super::parts::part_ranges;
use super::{PhotoRow, object_keys, store_failed};
use crate::App;
use crate::error::{Error, Result};
use crate::jobs::JobKind;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Limits how many stored originals are read again at the same time, because a declaration costs its sender nothing and
/// a clip has 100 MB.
static READS: Semaphore = Semaphore::const_new(2);

/// Why an upload cannot be finalized.
#[derive(Debug)]
pub(super) enum FinalizeError {
    /// The bytes have not arrived.
    NotThere,
    /// The bytes differ from the declaration.
    Mismatch,
    /// The object store failed.
    Store(ObjectError),
    /// The database failed.
    Database(store::Error),
}

impl From<ObjectError> for FinalizeError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound => Self::NotThere,
            error => Self::Store(error),
        }
    }
}

impl From<store::Error> for FinalizeError {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

/// Copies the declared bytes to a key to which no upload link leads, and returns the key. No transaction is open
/// meanwhile.
pub(super) async fn finalize_upload(app: &App, photo: &PhotoRow) -> Result<String, FinalizeError> {
    if let Some(there) = deduplicated_original(app, photo).await? {
        return Ok(there);
    }
    let usual = object_keys::original(photo.project_id, &photo.sha256);
    // A retired key, whose object is being removed, is never used again.
    let retired = store::photos::is_key_retired(app.db.read(), &usual).await?;
    let original = if retired { object_keys::dedicated_original(photo.id, &usual) } else { usual };
    let staging = photo.staging_key.as_deref().ok_or(FinalizeError::NotThere)?;
    let declared = (u64::try_from(photo.byte_size).unwrap_or(0), photo.sha256.as_slice());
    if received_length(app, photo, staging).await? != declared.0 {
        return Err(FinalizeError::Mismatch);
    }
    let traits = app.objects.traits();
    if traits.enforces_sha256 && traits.enforces_length {
        // The upload link accepts these bytes only, so the bytes that were read are the bytes that are copied.
        check_and_copy(app, staging, &original, declared).await?;
        return Ok(original);
    }
    // The upload link still accepts other bytes, so a copy is checked to which no link leads.
    let verified_key = object_keys::verification_key(photo.id, app.ids.next());
    app.objects.copy(staging, &verified_key).await?;
    let kept = check_and_copy(app, &verified_key, &original, declared).await;
    delete_object(app, &verified_key).await;
    kept.map(|()| original)
}

/// The key of a stored original with the same bytes. They are read before the key is returned, so that bytes which a
/// disk has lost or changed are uploaded again with this photo.
async fn deduplicated_original(app: &App, photo: &PhotoRow) -> Result<Option<String>, FinalizeError> {
    let Some(there) = store::photos::find_same_content(app.db.read(), photo).await? else { return Ok(None) };
    let _turn = READS.acquire().await;
    Ok(verify_stored_original(app, photo, there).await?)
}

/// Whether an original with the same bytes is stored, so that nothing needs to be uploaded. Bytes that were read within
/// the last minutes are not read again here, because they are read when the photo is completed.
pub(super) async fn has_deduplicated_original(app: &App, photo: &PhotoRow) -> Result<bool> {
    let Some(there) = store::photos::find_same_content(app.db.read(), photo).await? else { return Ok(false) };
    if app.checked.contains(&there, app.clock.now()) {
        return Ok(true);
    }
    let _turn = READS.acquire().await;
    // Another declaration may have read them while this one waited.
    if app.checked.contains(&there, app.clock.now()) {
        return Ok(true);
    }
    let verified = verify_stored_original(app, photo, there).await.map_err(|error| store_failed(&error))?;
    Ok(verified.is_some())
}

async fn verify_stored_original(app: &App, photo: &PhotoRow, there: String) -> Result<Option<String>, ObjectError> {
    match app.objects.read_hash(&there).await {
        Ok((_, sha256)) if sha256.as_slice() == photo.sha256 => {
            app.checked.insert(&there, app.clock.now());
            return Ok(Some(there));
        }
        Ok(_) | Err(ObjectError::NotFound) => {}
        // A store that has lost a part of an object says that it failed.
        Err(error) => app.objects.ready().await.map_err(|_| error)?,
    }
    app.checked.remove(&there);
    Ok(None)
}

/// The number of bytes that have arrived. Parts of an upload are joined now.
async fn received_length(app: &App, photo: &PhotoRow, staging: &str) -> Result<u64, FinalizeError> {
    match (app.objects.head(staging).await, photo.multipart_id.as_deref()) {
        (Err(ObjectError::NotFound), Some(upload_id)) => {
            join_parts(app, photo, staging, upload_id).await?;
            Ok(app.objects.head(staging).await?.length)
        }
        (head, _) => Ok(head?.length),
    }
}

async fn join_parts(app: &App, photo: &PhotoRow, staging: &str, upload_id: &str) -> Result<(), FinalizeError> {
    let parts = match app.objects.parts(staging, upload_id).await {
        Ok(parts) => parts,
        // Another request was faster: the object is there before its parts are gone.
        Err(ObjectError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let there: Vec<(u16, u64)> = parts.iter().map(|part| (part.number, part.length)).collect();
    let ranges = part_ranges(u64::try_from(photo.byte_size).unwrap_or(0));
    if there != ranges.iter().map(|span| (span.number, span.length)).collect::<Vec<_>>() {
        return Err(FinalizeError::NotThere);
    }
    match app.objects.join_parts(staging, upload_id, &parts).await {
        Ok(()) | Err(ObjectError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn check_and_copy(app: &App, from: &str, to: &str, declared: (u64, &[u8])) -> Result<(), FinalizeError> {
    let (length, sha256) = app.objects.read_hash(from).await?;
    if (length, sha256.as_slice()) != declared {
        return Err(FinalizeError::Mismatch);
    }
    Ok(app.objects.copy(from, to).await?)
}

/// The result of marking a photo as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// Its state is `RECEIVED` now.
    Now,
    /// A concurrent request changed its state before.
    Before,
    /// The key was retired meanwhile: copy the bytes to another key.
    ObjectKeyRetired,
}

/// `DECLARED` or `WRITTEN_OFF` → `RECEIVED`, with the job that makes the renditions; commits.
pub(super) async fn mark_received(
    app: &App,
    mut work: UnitOfWork,
    photo: &PhotoRow,
    object_key: &str,
) -> Result<Received> {
    let before = photo.state;
    if !store::photos::reserve_key(&work.tx, object_key, work.now).await? {
        work.tx.rollback().await?;
        return Ok(Received::ObjectKeyRetired);
    }
    if !store::photos::mark_received(&work.tx, photo.id, object_key.to_owned(), work.now).await? {
        work.tx.rollback().await?;
        return Ok(Received::Before);
    }
    work.add_event(NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(before.as_str()),
        to: Some(PhotoState::Received.as_str()),
        ..NewEvent::new(EventName::PhotoReceived, ObjectKind::Photo, photo.id, work.now)
    });
    if let Some(unit_id) = photo.unit_id {
        // It may be ready now.
        work.mark_readiness_changed(unit_id);
    }
    work.enqueue(JobKind::PhotoRendition, &RenderPhoto { photo_id: photo.id })?;
    work.commit().await?;
    if let Some(staging) = &photo.staging_key {
        delete_object(app, staging).await;
    }
    Ok(Received::Now)
}

/// Discards uploaded bytes that differ from the declaration, and their staging key, so that the next declaration gives
/// a new link instead of saying that the bytes are there.
pub(super) async fn discard_upload(app: &App, photo: &PhotoRow) -> Result<()> {
    let staging = photo.staging_key.as_deref();
    app.db
        .write(async |tx| store::photos::set_staging_key(tx, photo.id, staging, None).await)
        .await
        .map_err(Error::from)?;
    if let Some(staging) = staging {
        delete_object(app, staging).await;
    }
    Ok(())
}

/// Deletes an object that is no longer needed. If that fails, the next garbage collection deletes it.
pub(super) async fn delete_object(app: &App, key: &str) {
    if let Err(error) = app.objects.delete(key).await {
        tracing::warn!(key, %error, "an object that is no longer needed could not be removed");
    }
}
