//! The job that makes the renditions of a received photo, or rejects it.
//!
//! Doing it twice changes nothing: renditions lie under keys made of the content, and only a received photo moves on.

use bytes::Bytes;
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::{MAX_BYTES, PhotoRejection, PhotoState};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::photos::Rendered;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{LARGE_EDGE, Renditions, THUMB_EDGE, renditions};
use crate::App;
use crate::jobs::JobError;
use crate::object_store::ObjectError;
use crate::photo::{PhotoRow, keys};
use crate::work::Happening;

/// Photos that are decoded at once in this process: each may take some hundred megabytes.
static DECODING: Semaphore = Semaphore::const_new(2);

/// The payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderPhoto {
    /// The photo.
    pub photo_id: Uuid,
}

/// Makes the renditions.
///
/// # Errors
/// When the database or the object store fails.
pub async fn run(app: &App, payload: RenderPhoto) -> Result<(), JobError> {
    let photo = store::photos::load(app.db.read(), payload.photo_id).await?;
    let Some(photo) = photo.filter(|photo| photo.state == PhotoState::Received.as_str()) else {
        return Ok(());
    };
    if let Some(rendered) = store::photos::rendered_twin(app.db.read(), photo.project_id, &photo.sha256).await? {
        // The keys are made of the content: the same bytes have the same renditions.
        return make_ready(app, &photo, rendered).await;
    }
    let hopeless = || JobError::Hopeless("a received photo has no place in the object store".to_owned());
    let object_key = photo.object_key.clone().ok_or_else(hopeless)?;
    let made = match app.objects.get_bytes(&object_key, MAX_BYTES).await {
        Ok(bytes) => decode(bytes).await?,
        Err(ObjectError::TooLarge { .. }) => Err(PhotoRejection::TooLarge),
        Err(error) => return Err(error.into()),
    };
    match made {
        Ok(made) => {
            let rendered = put(app, &object_key, made).await?;
            make_ready(app, &photo, rendered).await
        }
        Err(why) => reject(app, &photo, why).await,
    }
}

/// Decodes on a thread of its own, few at once.
async fn decode(bytes: Bytes) -> Result<Result<Renditions, PhotoRejection>, JobError> {
    let stopping = |_| JobError::Passing("the program is shutting down".to_owned());
    let permit = DECODING.acquire().await.map_err(stopping)?;
    let decoding = tokio::task::spawn_blocking(move || {
        let made = renditions(&bytes);
        drop(permit);
        made
    });
    match decoding.await {
        Ok(made) => Ok(made),
        Err(failure) if failure.is_panic() => {
            // A decoder that falls over the file would do so each time.
            tracing::error!("a photo's decoder panicked");
            Ok(Err(PhotoRejection::Broken))
        }
        Err(_) => Err(JobError::Passing("the program is shutting down".to_owned())),
    }
}

async fn put(app: &App, object_key: &str, made: Renditions) -> Result<Rendered, JobError> {
    let rendered = Rendered {
        thumb_key: keys::rendition(object_key, THUMB_EDGE),
        large_key: keys::rendition(object_key, LARGE_EDGE),
        // At most 80 million pixels, so either edge fits.
        width: i32::try_from(made.width).unwrap_or(i32::MAX),
        height: i32::try_from(made.height).unwrap_or(i32::MAX),
    };
    for (key, bytes) in [(&rendered.thumb_key, made.thumb), (&rendered.large_key, made.large)] {
        let sha256 = Sha256::digest(&bytes).into();
        app.objects.put(key, bytes.into(), "image/jpeg", &sha256).await?;
    }
    Ok(rendered)
}

async fn make_ready(app: &App, photo: &PhotoRow, rendered: Rendered) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    let data = json!({ "width": rendered.width, "height": rendered.height });
    if store::photos::make_ready(&work.tx, photo.id, rendered, work.now).await? {
        let told = moved(photo, EventName::PhotoReady, PhotoState::Ready, work.now);
        work.event(Happening { data, ..told });
    }
    Ok(work.commit().await?)
}

async fn reject(app: &App, photo: &PhotoRow, why: PhotoRejection) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    if store::photos::reject(&work.tx, photo.id, why).await? {
        let told = moved(photo, EventName::PhotoRejected, PhotoState::Rejected, work.now);
        work.event(Happening { reason: Some(why.as_str().to_owned()), ..told });
    }
    Ok(work.commit().await?)
}

fn moved(photo: &PhotoRow, name: EventName, to: PhotoState, now: domain::Timestamp) -> Happening {
    Happening {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(PhotoState::Received.as_str()),
        to: Some(to.as_str()),
        ..Happening::new(name, ObjectKind::Photo, photo.id, now)
    }
}
