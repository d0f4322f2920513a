//! Keep uploaded bytes: check that they are what was declared, by reading them, bring them to their final place, and
//! move the photo on. Done when the tablet says that it has uploaded, and by the care for uploads of which it never
//! could.

use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::PhotoState;

use blob_store::ObjectError;
use tokio::sync::Semaphore;

use super::jobs::RenderPhoto;
use super::parts::spans;
use super::{PhotoRow, keys};
use crate::App;
use crate::error::{Error, Result};
use crate::jobs::JobKind;
use crate::work::{Happening, Work};

/// So many at a time of the bytes that are there already are read again; others wait. A declaration costs its sender
/// nothing, and a clip has 100 MB.
static READS: Semaphore = Semaphore::const_new(2);

/// Why bytes cannot be kept.
#[derive(Debug)]
pub(super) enum Trouble {
    /// They have not arrived.
    NotThere,
    /// They are others than declared.
    Mismatch,
    /// The object store failed.
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

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Store(unknown(error))
    }
}

/// Brings the declared bytes to a place where nobody can change them, and answers where that is. No transaction is open
/// meanwhile.
pub(super) async fn settle(app: &App, photo: &PhotoRow) -> Result<String, Trouble> {
    if let Some(there) = twin(app, photo).await? {
        return Ok(there);
    }
    let usual = keys::original(photo.project_id, &photo.sha256);
    // A place whose object is being removed is never used again.
    let condemned = store::photos::is_condemned(app.db.read(), &usual).await?;
    let original = if condemned { keys::original_of(photo.id, &usual) } else { usual };
    let staging = photo.staging_key.as_deref().ok_or(Trouble::NotThere)?;
    let declared = (u64::try_from(photo.byte_size).unwrap_or(0), photo.sha256.as_slice());
    if arrived(app, photo, staging).await? != declared.0 {
        return Err(Trouble::Mismatch);
    }
    let traits = app.objects.traits();
    if traits.enforces_sha256 && traits.enforces_length {
        // The link to the staging place takes these bytes and no others: what was read is what is copied.
        check_and_copy(app, staging, &original, declared).await?;
        return Ok(original);
    }
    // The link is still good for any bytes: check a copy that no link leads to.
    let unlinked = keys::unlinked(photo.id, app.ids.next());
    app.objects.copy(staging, &unlinked).await?;
    let kept = check_and_copy(app, &unlinked, &original, declared).await;
    forget(app, &unlinked).await;
    kept.map(|()| original)
}

/// Where the same bytes lie already. They are read before anybody is told that they are there: what a disk has lost or
/// changed comes again with this photo.
async fn twin(app: &App, photo: &PhotoRow) -> Result<Option<String>, ObjectError> {
    let Some(there) = same(app, photo).await? else { return Ok(None) };
    let _turn = READS.acquire().await;
    read_twin(app, photo, there).await
}

/// Whether the same bytes lie there already, so that nothing needs to be uploaded. Bytes that were read within the last
/// minutes are not read again: they are read when the photo is completed.
pub(super) async fn has_twin(app: &App, photo: &PhotoRow) -> Result<bool, ObjectError> {
    let Some(there) = same(app, photo).await? else { return Ok(false) };
    if app.checked.contains(&there, app.clock.now()) {
        return Ok(true);
    }
    let _turn = READS.acquire().await;
    // Another declaration may have read them while this one waited.
    Ok(app.checked.contains(&there, app.clock.now()) || read_twin(app, photo, there).await?.is_some())
}

async fn same(app: &App, photo: &PhotoRow) -> Result<Option<String>, ObjectError> {
    store::photos::stored_twin(app.db.read(), photo).await.map_err(unknown)
}

async fn read_twin(app: &App, photo: &PhotoRow, there: String) -> Result<Option<String>, ObjectError> {
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

fn unknown(error: store::Error) -> ObjectError {
    ObjectError::Other { action: "look for the same bytes", reason: error.to_string() }
}

/// How many bytes have arrived; those that came in parts are joined now.
async fn arrived(app: &App, photo: &PhotoRow, staging: &str) -> Result<u64, Trouble> {
    match (app.objects.head(staging).await, photo.multipart_id.as_deref()) {
        (Err(ObjectError::NotFound), Some(upload_id)) => {
            join(app, photo, staging, upload_id).await?;
            Ok(app.objects.head(staging).await?.length)
        }
        (head, _) => Ok(head?.length),
    }
}

async fn join(app: &App, photo: &PhotoRow, staging: &str, upload_id: &str) -> Result<(), Trouble> {
    let parts = match app.objects.parts(staging, upload_id).await {
        Ok(parts) => parts,
        // Another request was faster: the object is there before its parts are gone.
        Err(ObjectError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let there: Vec<(u16, u64)> = parts.iter().map(|part| (part.number, part.length)).collect();
    let spans = spans(u64::try_from(photo.byte_size).unwrap_or(0));
    if there != spans.iter().map(|span| (span.number, span.length)).collect::<Vec<_>>() {
        return Err(Trouble::NotThere);
    }
    match app.objects.join_parts(staging, upload_id, &parts).await {
        Ok(()) | Err(ObjectError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn check_and_copy(app: &App, from: &str, to: &str, declared: (u64, &[u8])) -> Result<(), Trouble> {
    let (length, sha256) = app.objects.read_hash(from).await?;
    if (length, sha256.as_slice()) != declared {
        return Err(Trouble::Mismatch);
    }
    Ok(app.objects.copy(from, to).await?)
}

/// What became of a photo whose bytes are at their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// It moved on to `RECEIVED`.
    Now,
    /// Somebody else moved it on meanwhile.
    Before,
    /// The place was condemned meanwhile: bring the bytes to another.
    PlaceCondemned,
}

/// `DECLARED` or `WRITTEN_OFF` → `RECEIVED`, with the job that makes the renditions; commits.
pub(super) async fn receive(app: &App, mut work: Work, photo: &PhotoRow, object_key: &str) -> Result<Received> {
    let before: PhotoState = photo.state.parse()?;
    if !store::photos::secure(&work.tx, object_key, work.now).await? {
        work.tx.rollback().await?;
        return Ok(Received::PlaceCondemned);
    }
    if !store::photos::receive(&work.tx, photo.id, object_key.to_owned(), work.now).await? {
        work.tx.rollback().await?;
        return Ok(Received::Before);
    }
    work.event(Happening {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(before.as_str()),
        to: Some(PhotoState::Received.as_str()),
        ..Happening::new(EventName::PhotoReceived, ObjectKind::Photo, photo.id, work.now)
    });
    if let Some(unit_id) = photo.unit_id {
        // It may be ready now.
        work.changed_readiness(unit_id);
    }
    work.job(JobKind::PhotoRendition, &RenderPhoto { photo_id: photo.id })?;
    work.commit().await?;
    if let Some(staging) = &photo.staging_key {
        forget(app, staging).await;
    }
    Ok(Received::Now)
}

/// The uploaded bytes are not what was declared: the place is forgotten, so that the next declaration gives a new link
/// instead of saying that the bytes are there.
pub(super) async fn forget_upload(app: &App, photo: &PhotoRow) -> Result<()> {
    let staging = photo.staging_key.as_deref();
    app.db
        .write(async |tx| store::photos::await_upload(tx, photo.id, staging, None).await)
        .await
        .map_err(Error::from)?;
    if let Some(staging) = staging {
        forget(app, staging).await;
    }
    Ok(())
}

/// Removes what is no longer needed; left behind it costs space until the next care.
pub(super) async fn forget(app: &App, key: &str) {
    if let Err(error) = app.objects.delete(key).await {
        tracing::warn!(key, %error, "an object that is no longer needed could not be removed");
    }
}
