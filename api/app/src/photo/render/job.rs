//! The job that makes the renditions of a received photo, or rejects it.
//!
//! Doing it twice changes nothing: renditions lie under keys made of the content, and only a received photo moves on.

use bytes::Bytes;
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::photo::{MAX_BYTES, PhotoRejection, PhotoState, PhotoType};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::photos::{Camera, Rendered};
use uuid::Uuid;

use super::apart::apart;
use super::marked::repaint;
use super::stripped;
use super::webp::{self, DELAY_SECONDS, MakeWebp};
use super::{LARGE_EDGE, Renditions, THUMB_EDGE, renditions, without_metadata};
use crate::App;
use crate::error::Error;
use crate::jobs::{JobError, JobKind};
use crate::object_store::ObjectError;
use crate::photo::attachment::{self, Attachment};
use crate::photo::care::CareError;
use crate::photo::{PhotoRow, keys};
use crate::work::Happening;

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
    let hopeless = || JobError::Hopeless("a received photo has no place in the object store".to_owned());
    let object_key = photo.object_key.clone().ok_or_else(hopeless)?;
    let content_type: PhotoType = photo.content_type.parse().map_err(Error::from)?;
    if !content_type.has_renditions() {
        return match attachment::examine(app, &photo, content_type, &object_key).await? {
            Ok(attachment) => keep(app, &photo, attachment).await,
            Err(why) => reject(app, &photo, why).await,
        };
    }
    if let Some(rendered) = store::photos::rendered_twin(app.db.read(), photo.project_id, &object_key).await? {
        // The keys are made of the place: the same original has the same renditions.
        return make_ready(app, &photo, rendered).await;
    }
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

/// Makes the renditions of a photo again, over those that may be there. Answers whether it could: not of a photo that has
/// none, or whose original cannot be read.
///
/// # Errors
/// When the database or the object store fails.
pub async fn remake(app: &App, photo_id: Uuid) -> Result<bool, CareError> {
    let Some(photo) = store::photos::load(app.db.read(), photo_id).await? else { return Ok(false) };
    let (PhotoState::Ready, Some(object_key)) = (photo.state.parse()?, photo.object_key.clone()) else {
        return Ok(false);
    };
    let bytes = app.objects.get_bytes(&object_key, MAX_BYTES).await?;
    let failed = |error| CareError::App(Error::internal(error));
    let Ok(made) = decode(bytes).await.map_err(failed)? else { return Ok(false) };
    let rendered = put(app, &object_key, made).await.map_err(failed)?;
    app.db.write(async |tx| store::photos::made_again(tx, photo_id, rendered.clone()).await).await?;
    if photo.webp_at.is_some() {
        webp::make(app, &object_key, &rendered.large_key).await.map_err(failed)?;
    }
    let photo = PhotoRow { large_key: Some(rendered.large_key), ..photo };
    repaint(app, &photo).await.map_err(failed)?;
    Ok(true)
}

/// All that is made of an original.
struct Made {
    /// The original itself.
    original: Bytes,
    renditions: Renditions,
    /// The copy without metadata.
    stripped: Vec<u8>,
}

/// A decoder that falls over the file would do so each time.
async fn decode(bytes: Bytes) -> Result<Result<Made, PhotoRejection>, JobError> {
    let made = apart(move || {
        let (renditions, stripped) = (renditions(&bytes)?, without_metadata(&bytes)?);
        Ok::<_, PhotoRejection>(Made { original: bytes, renditions, stripped })
    });
    Ok(made.await?.unwrap_or(Err(PhotoRejection::Broken)))
}

async fn put(app: &App, object_key: &str, made: Made) -> Result<Rendered, JobError> {
    let stripped_key = stripped::put(app, object_key, &made.original, made.stripped).await?;
    let made = made.renditions;
    let rendered = Rendered {
        stripped_key,
        thumb_key: keys::rendition(object_key, THUMB_EDGE),
        large_key: keys::rendition(object_key, LARGE_EDGE),
        // At most 80 million pixels, so either edge fits.
        width: i32::try_from(made.width).unwrap_or(i32::MAX),
        height: i32::try_from(made.height).unwrap_or(i32::MAX),
        placeholder: Some(made.placeholder),
        camera: camera(made.camera),
    };
    for (key, bytes) in [(&rendered.thumb_key, made.thumb), (&rendered.large_key, made.large)] {
        let sha256 = Sha256::digest(&bytes).into();
        app.objects.put(key, bytes.into(), "image/jpeg", &sha256).await?;
    }
    Ok(rendered)
}

fn camera(told: super::Camera) -> Camera {
    Camera {
        taken_local: told.taken_local,
        taken_offset: told.utc_offset_minutes.map(i32::from),
        device: told.device,
        orientation: told.orientation.map(i32::from),
    }
}

async fn make_ready(app: &App, photo: &PhotoRow, rendered: Rendered) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    let data = json!({ "width": rendered.width, "height": rendered.height });
    if store::photos::make_ready(&work.tx, photo.id, rendered, work.now).await? {
        let told = moved(photo, EventName::PhotoReady, PhotoState::Ready, work.now);
        work.event(Happening { data, ..told });
        work.job_later(JobKind::PhotoWebp, &MakeWebp { photo_id: photo.id }, DELAY_SECONDS)?;
    }
    Ok(work.commit().await?)
}

async fn keep(app: &App, photo: &PhotoRow, attachment: Attachment) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    let Attachment { camera, duration_ms } = attachment;
    if store::photos::keep(&work.tx, photo.id, camera, duration_ms).await? {
        let told = moved(photo, EventName::PhotoKept, PhotoState::Kept, work.now);
        work.event(Happening { data: json!({ "durationMs": duration_ms }), ..told });
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
