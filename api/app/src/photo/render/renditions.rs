//! The job that makes the renditions of a received photo, or rejects it.
//!
//! The job is idempotent: renditions lie under keys made of the content, and only a received photo moves on.

use bytes::Bytes;
use domain::event::EventName;
use domain::id::PhotoId;
use domain::object_kind::ObjectKind;
use domain::photo::{MAX_BYTES, PhotoRejection, PhotoStage, PhotoState, PhotoType};
use imaging::READER_VERSION;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::boxed;
use store::photos::{Camera, Rendered};

use super::annotated::redraw;
use super::stripped;
use super::webp::{self, DELAY_SECONDS};
use super::worker_pool::run_in_worker_pool;
use super::{LARGE_EDGE, Renditions, THUMB_EDGE, renditions, without_metadata};
use crate::App;
use crate::error::Error;
use crate::jobs::{JobError, JobKind};
use crate::photo::content::{self, Attachment, Content};
use crate::photo::gc::GcError;
use crate::photo::jobs::{MakeWebp, RenderPhoto};
use crate::photo::{PhotoRow, object_keys};
use crate::unit_of_work::NewEvent;

/// Makes the renditions.
///
/// # Errors
/// When the database or the object store fails.
#[boxed]
pub async fn render(app: &App, payload: RenderPhoto) -> Result<(), JobError> {
    let photo = store::photos::load(app.db.read(), payload.photo_id).await?;
    let Some(photo) = photo.filter(|photo| photo.state == PhotoState::Received) else {
        return Ok(());
    };
    process_original(app, &photo).await.map(drop)
}

/// Processes the original of a photo that was received, or that an older reader rejected. Returns whether it can be
/// used.
///
/// # Errors
/// When the database or the object store fails.
pub(crate) async fn process_original(app: &App, photo: &PhotoRow) -> Result<bool, JobError> {
    let permanent = || JobError::Permanent("a received photo has no place in the object store".to_owned());
    let object_key = photo.object_key.clone().ok_or_else(permanent)?;
    if let Some(rendered) = store::photos::find_same_renditions(app.db.read(), photo.project_id, &object_key).await? {
        // The keys are made of the original's key, so the same original has the same renditions.
        return make_ready(app, photo, rendered).await.map(|()| true);
    }
    let why = match content::read(app, photo.content_type, &object_key).await? {
        Ok(Content::Picture(kind, bytes)) => match decode(bytes).await? {
            Ok(made) => {
                let rendered = store_renditions(app, &object_key, kind, made).await?;
                return make_ready(app, photo, rendered).await.map(|()| true);
            }
            Err(why) => why,
        },
        // A signature has to be shown.
        Ok(Content::Attachment(..)) if photo.stage == PhotoStage::Signature => PhotoRejection::NotAnImage,
        Ok(Content::Attachment(kind, attachment)) => {
            return accept_original(app, photo, kind, attachment).await.map(|()| true);
        }
        Err(why) => why,
    };
    reject(app, photo, why).await.map(|()| false)
}

/// Makes the renditions of a photo again, over those that may be there. Returns whether it could: not of a photo that
/// has none, or whose original cannot be read.
///
/// # Errors
/// When the database or the object store fails.
#[boxed]
pub async fn regenerate(app: &App, photo_id: PhotoId) -> Result<bool, GcError> {
    let Some(photo) = store::photos::load(app.db.read(), photo_id).await? else { return Ok(false) };
    let (PhotoState::Ready, Some(object_key)) = (photo.state, photo.object_key.clone()) else {
        return Ok(false);
    };
    let bytes = app.objects.get_bytes(&object_key, MAX_BYTES).await?;
    let failed = |error| GcError::App(Error::internal(error));
    let Ok(made) = decode(bytes).await.map_err(failed)? else { return Ok(false) };
    let rendered = store_renditions(app, &object_key, photo.content_type, made).await.map_err(failed)?;
    app.db.write(async |tx| store::photos::replace_renditions(tx, photo_id, rendered.clone()).await).await?;
    if photo.webp_at.is_some() {
        webp::store_webp(app, &object_key, &rendered.large_key).await.map_err(failed)?;
    }
    let photo = PhotoRow { large_key: Some(rendered.large_key), ..photo };
    redraw(app, &photo).await.map_err(failed)?;
    Ok(true)
}

/// All that is made of an original.
struct Processed {
    /// The original itself.
    original: Bytes,
    renditions: Renditions,
    /// The copy without metadata.
    stripped: Vec<u8>,
}

/// A decoder that falls over the file would do so each time.
async fn decode(bytes: Bytes) -> Result<Result<Processed, PhotoRejection>, JobError> {
    let made = run_in_worker_pool(move || {
        let (renditions, stripped) = (renditions(&bytes)?, without_metadata(&bytes)?);
        Ok::<_, PhotoRejection>(Processed { original: bytes, renditions, stripped })
    });
    Ok(made.await?.unwrap_or(Err(PhotoRejection::Broken)))
}

async fn store_renditions(app: &App, object_key: &str, kind: PhotoType, made: Processed) -> Result<Rendered, JobError> {
    let stripped_key = stripped::store_stripped_copy(app, object_key, &made.original, made.stripped).await?;
    let made = made.renditions;
    let rendered = Rendered {
        stripped_key,
        thumb_key: object_keys::rendition(object_key, THUMB_EDGE),
        large_key: object_keys::rendition(object_key, LARGE_EDGE),
        // So many pixels as there may be fit.
        width: i32::try_from(made.width).unwrap_or(i32::MAX),
        height: i32::try_from(made.height).unwrap_or(i32::MAX),
        placeholder: Some(made.placeholder),
        content_type: kind,
        damaged: made.is_damaged,
        camera: camera(app, made.camera),
    };
    for (key, bytes) in [(&rendered.thumb_key, made.thumb), (&rendered.large_key, made.large)] {
        let sha256 = Sha256::digest(&bytes).into();
        app.objects.put(key, bytes.into(), "image/jpeg", &sha256).await?;
    }
    Ok(rendered)
}

/// The camera's data, except an impossible time: the time of a clock that is years ahead.
fn camera(app: &App, told: super::Camera) -> Camera {
    let now = app.clock.now().in_zone(&jiff::tz::TimeZone::UTC);
    let latest = now.map_or(i16::MAX, |now| now.year() + 1);
    let is_plausible =
        |local: &String| local.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year: i16| year <= latest);
    let taken_local = told.taken_local.filter(is_plausible);
    Camera {
        taken_offset: told.utc_offset_minutes.filter(|_| taken_local.is_some()).map(i32::from),
        taken_local,
        device: told.device,
        orientation: told.orientation.map(i32::from),
    }
}

async fn make_ready(app: &App, photo: &PhotoRow, rendered: Rendered) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    let data = json!({ "width": rendered.width, "height": rendered.height, "damaged": rendered.damaged });
    if store::photos::make_ready(&work.tx, photo.id, rendered, work.now).await? {
        let told = state_event(photo, EventName::PhotoReady, PhotoState::Ready, work.now);
        work.add_event(NewEvent { data, ..told });
        work.enqueue_after(JobKind::PhotoWebp, &MakeWebp { photo_id: photo.id }, DELAY_SECONDS)?;
    }
    Ok(work.commit().await?)
}

async fn accept_original(app: &App, photo: &PhotoRow, kind: PhotoType, attachment: Attachment) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    let duration_ms = attachment.duration_ms;
    let told = (kind, duration_ms);
    if store::photos::accept_original(&work.tx, photo.id, camera(app, attachment.camera), told).await? {
        let told = state_event(photo, EventName::PhotoKept, PhotoState::Kept, work.now);
        work.add_event(NewEvent { data: json!({ "durationMs": duration_ms }), ..told });
    }
    Ok(work.commit().await?)
}

async fn reject(app: &App, photo: &PhotoRow, why: PhotoRejection) -> Result<(), JobError> {
    let mut work = app.begin_by_server(photo.project_id).await?;
    if store::photos::reject(&work.tx, photo.id, why, READER_VERSION).await? {
        let told = state_event(photo, EventName::PhotoRejected, PhotoState::Rejected, work.now);
        work.add_event(NewEvent { reason: Some(why.as_str().to_owned()), ..told });
    } else {
        store::photos::set_reader_version(&work.tx, photo.id, READER_VERSION).await?;
    }
    Ok(work.commit().await?)
}

fn state_event(photo: &PhotoRow, name: EventName, to: PhotoState, now: domain::Timestamp) -> NewEvent {
    NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        from: Some(photo.state.as_str()),
        to: Some(to.as_str()),
        ..NewEvent::new(name, ObjectKind::Photo, photo.id, now)
    }
}
