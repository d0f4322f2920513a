//! Uploads: those that arrived whole are completed, even if their tablet never said so; the rest goes after a time, and
//! so do the probes of servers that were killed meanwhile.

use std::collections::HashSet;

use blob_store::{ListedObject, PROBES};
use domain::Timestamp;
use domain::id::PhotoId;
use store::boxed;

use super::error::{GcError, GcReport, PAGE, is_older};
use crate::App;
use crate::photo::finalize::{FinalizeError, Received, discard_upload, finalize_upload, mark_received};
use crate::photo::{PhotoRow, object_keys};

pub(super) async fn collect_uploads(app: &App, before: Timestamp, report: &mut GcReport) -> Result<(), GcError> {
    for prefix in [object_keys::STAGING, object_keys::CHECKING, PROBES] {
        let mut from = None;
        loop {
            let page = app.objects.list(prefix, from.as_deref(), PAGE).await?;
            for object in page.objects {
                collect_upload(app, &object, before, report).await?;
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    collect_multipart_uploads(app, before, report).await
}

/// Removes the uploads of photos whose project was removed, whole or in parts, however young they are.
///
/// # Errors
/// When the object store fails.
#[boxed]
pub async fn remove_uploads(app: &App, photo_ids: &HashSet<PhotoId>) -> Result<(), GcError> {
    let is_of_them = |key: &str| object_keys::photo_of_upload(key).is_some_and(|id| photo_ids.contains(&id));
    for prefix in [object_keys::STAGING, object_keys::CHECKING] {
        let mut from = None;
        loop {
            let page = app.objects.list(prefix, from.as_deref(), PAGE).await?;
            for object in page.objects {
                if is_of_them(&object.key) {
                    app.objects.delete(&object.key).await?;
                }
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    let mut after = None;
    loop {
        let page = app.objects.unfinished_parts(object_keys::STAGING, after.as_ref(), PAGE).await?;
        for upload in page.uploads {
            if is_of_them(&upload.key) {
                app.objects.abort_parts(&upload.key, &upload.upload_id).await?;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Uploads of which parts have arrived, perhaps all of them.
async fn collect_multipart_uploads(app: &App, before: Timestamp, report: &mut GcReport) -> Result<(), GcError> {
    let mut after = None;
    loop {
        let page = app.objects.unfinished_parts(object_keys::STAGING, after.as_ref(), PAGE).await?;
        for upload in page.uploads {
            let photo = find_awaiting_photo(app, &upload.key).await?;
            let photo = photo.filter(|photo| photo.multipart_id.as_deref() == Some(upload.upload_id.as_str()));
            if let Some(photo) = photo
                && matches!(complete(app, photo).await?, Completion::Done)
            {
                report.completed += 1;
            } else if is_older(upload.begun_at, before) {
                app.objects.abort_parts(&upload.key, &upload.upload_id).await?;
                report.uploads_removed += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn collect_upload(
    app: &App,
    object: &ListedObject,
    before: Timestamp,
    report: &mut GcReport,
) -> Result<(), GcError> {
    if let Some(photo) = find_awaiting_photo(app, &object.key).await? {
        match complete(app, photo).await? {
            Completion::Done => {
                report.completed += 1;
                return Ok(());
            }
            Completion::Forgotten => {
                report.uploads_removed += 1;
                return Ok(());
            }
            // The age of an upload is no reason to remove the bytes of a declared photo: this may be the only copy.
            Completion::NotNow => return Ok(()),
        }
    }
    if is_older(object.written_at, before) {
        app.objects.delete(&object.key).await?;
        report.uploads_removed += 1;
    }
    Ok(())
}

/// The photo that waits for just this upload.
async fn find_awaiting_photo(app: &App, key: &str) -> Result<Option<PhotoRow>, GcError> {
    let Some(id) = object_keys::photo_of_staging(key) else { return Ok(None) };
    let Some(photo) = store::photos::load(app.db.read(), id).await? else { return Ok(None) };
    let waits = photo.state.awaits_bytes();
    Ok((waits && photo.staging_key.as_deref() == Some(key)).then_some(photo))
}

enum Completion {
    /// The photo has moved on.
    Done,
    /// The upload did not match the declaration.
    Forgotten,
    /// Not now: its key was retired, or a concurrent request handled it.
    NotNow,
}

async fn complete(app: &App, photo: PhotoRow) -> Result<Completion, GcError> {
    let object_key = match finalize_upload(app, &photo).await {
        Ok(object_key) => object_key,
        Err(FinalizeError::Store(error)) => return Err(error.into()),
        Err(FinalizeError::Database(error)) => return Err(error.into()),
        Err(FinalizeError::NotThere) => return Ok(Completion::NotNow),
        Err(FinalizeError::Mismatch) => {
            discard_upload(app, &photo).await?;
            return Ok(Completion::Forgotten);
        }
    };
    let work = app.begin_by_server(photo.project_id).await?;
    Ok(match mark_received(app, work, &photo, &object_key).await? {
        Received::Now | Received::Before => Completion::Done,
        Received::ObjectKeyRetired => Completion::NotNow,
    })
}
