//! Uploads: those that arrived whole are completed, even if their tablet never said so; the rest goes after a time, and
//! so do the probes of servers that were killed meanwhile.

use blob_store::{ListedObject, PROBES};
use domain::Timestamp;
use domain::photo::PhotoState;

use super::error::{CareError, Cleaned, PAGE, is_older};
use crate::App;
use crate::photo::keep::{Received, Trouble, forget_upload, receive, settle};
use crate::photo::{PhotoRow, keys};

pub(super) async fn clean(app: &App, before: Timestamp, cleaned: &mut Cleaned) -> Result<(), CareError> {
    for prefix in [keys::STAGING, keys::CHECKING, PROBES] {
        let mut from = None;
        loop {
            let page = app.objects.list(prefix, from.as_deref(), PAGE).await?;
            for object in page.objects {
                one(app, &object, before, cleaned).await?;
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    in_parts(app, before, cleaned).await
}

/// Uploads of which parts have arrived, perhaps all of them.
async fn in_parts(app: &App, before: Timestamp, cleaned: &mut Cleaned) -> Result<(), CareError> {
    let mut after = None;
    loop {
        let page = app.objects.unfinished_parts(keys::STAGING, after.as_ref(), PAGE).await?;
        for upload in page.uploads {
            let photo = awaiting(app, &upload.key).await?;
            let photo = photo.filter(|photo| photo.multipart_id.as_deref() == Some(upload.upload_id.as_str()));
            if let Some(photo) = photo
                && matches!(complete(app, photo).await?, Completion::Done)
            {
                cleaned.completed += 1;
            } else if is_older(upload.begun_at, before) {
                app.objects.abort_parts(&upload.key, &upload.upload_id).await?;
                cleaned.uploads_removed += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn one(app: &App, object: &ListedObject, before: Timestamp, cleaned: &mut Cleaned) -> Result<(), CareError> {
    if let Some(photo) = awaiting(app, &object.key).await? {
        match complete(app, photo).await? {
            Completion::Done => {
                cleaned.completed += 1;
                return Ok(());
            }
            Completion::Forgotten => {
                cleaned.uploads_removed += 1;
                return Ok(());
            }
            // Its age is no reason to remove what a photo waits for: this may be the only copy there is.
            Completion::NotNow => return Ok(()),
        }
    }
    if is_older(object.written_at, before) {
        app.objects.delete(&object.key).await?;
        cleaned.uploads_removed += 1;
    }
    Ok(())
}

/// The photo that waits for just this upload.
async fn awaiting(app: &App, key: &str) -> Result<Option<PhotoRow>, CareError> {
    let Some(id) = keys::photo_of_staging(key) else { return Ok(None) };
    let Some(photo) = store::photos::load(app.db.read(), id).await? else { return Ok(None) };
    let waits = photo.state.parse::<PhotoState>().is_ok_and(PhotoState::awaits_bytes);
    Ok((waits && photo.staging_key.as_deref() == Some(key)).then_some(photo))
}

enum Completion {
    /// The photo has moved on.
    Done,
    /// The upload was not what was declared.
    Forgotten,
    /// Another time: its place was condemned, or somebody else was at it meanwhile.
    NotNow,
}

async fn complete(app: &App, photo: PhotoRow) -> Result<Completion, CareError> {
    let object_key = match settle(app, &photo).await {
        Ok(object_key) => object_key,
        Err(Trouble::Store(error)) => return Err(error.into()),
        Err(Trouble::NotThere) => return Ok(Completion::NotNow),
        Err(Trouble::Mismatch) => {
            forget_upload(app, &photo).await?;
            return Ok(Completion::Forgotten);
        }
    };
    let work = app.begin_by_server(photo.project_id).await?;
    Ok(match receive(app, work, &photo, &object_key).await? {
        Received::Now | Received::Before => Completion::Done,
        Received::PlaceCondemned => Completion::NotNow,
    })
}
