//! The job that draws a photo's markup into a rendition of its own.
//!
//! The job is idempotent: the rendition lies under a key made of the original's key and of the annotation. An
//! annotation that was replaced meanwhile is never shown, even if it is drawn late.

use domain::object_kind::ObjectKind;
use domain::photo::{MAX_BYTES, Markup, PhotoState};
use imaging::markup::draw;
use sha2::{Digest, Sha256};
use store::boxed;

use super::LARGE_EDGE;
use super::worker_pool::run_in_worker_pool;
use crate::App;
use crate::jobs::JobError;
use crate::photo::jobs::DrawMarkup;
use crate::photo::markup::{hash, parse_markup};
use crate::photo::{PhotoRow, object_keys};

/// Draws the markup, if it is still what the photo bears.
///
/// # Errors
/// When the database or the object store fails.
#[boxed]
pub async fn draw_annotation(app: &App, payload: DrawMarkup) -> Result<(), JobError> {
    let Some(photo) = store::photos::load(app.db.read(), payload.photo_id).await? else { return Ok(()) };
    let Some(markup) = pending_markup(&photo, &payload)? else { return Ok(()) };
    let key = draw_and_store(app, &photo, markup, &payload.markup).await?;
    publish_annotated(app, &payload, key).await
}

/// Draws the markup of a photo again, and replaces the stored picture.
///
/// # Errors
/// When the object store fails.
pub(super) async fn redraw(app: &App, photo: &PhotoRow) -> Result<(), JobError> {
    let Some(markup) = parse_markup(photo.markup.as_ref())?.filter(|_| photo.marked_key.is_some()) else {
        return Ok(());
    };
    let hash = hash(&markup)?;
    draw_and_store(app, photo, markup, &hash).await.map(drop)
}

/// Puts the picture with the markup into the object store, and returns where it lies.
async fn draw_and_store(app: &App, photo: &PhotoRow, markup: Markup, hash: &str) -> Result<String, JobError> {
    let permanent = || JobError::Permanent("a ready photo has no place in the object store".to_owned());
    let (original, large) = photo.object_key.as_deref().zip(photo.large_key.as_deref()).ok_or_else(permanent)?;
    let key = object_keys::annotated(original, hash, LARGE_EDGE);
    let (picture, font_source) = (app.objects.get_bytes(large, MAX_BYTES).await?, app.font_source.clone());
    let drawn = run_in_worker_pool(move || draw(&picture, &markup, &font_source)).await?;
    let permanent = |why: String| JobError::Permanent(format!("the markup cannot be drawn: {why}"));
    let drawn =
        drawn.ok_or_else(|| permanent("it panicked".to_owned()))?.map_err(|error| permanent(error.to_string()))?;
    let sha256 = Sha256::digest(&drawn).into();
    app.objects.put(&key, drawn.into(), "image/jpeg", &sha256).await?;
    Ok(key)
}

/// The markup that is to be drawn, if the photo bears it and it is not drawn yet.
fn pending_markup(photo: &PhotoRow, payload: &DrawMarkup) -> Result<Option<Markup>, JobError> {
    if photo.state != PhotoState::Ready || photo.marked_key.is_some() {
        return Ok(None);
    }
    let Some(markup) = parse_markup(photo.markup.as_ref())? else { return Ok(None) };
    Ok((hash(&markup)? == payload.markup).then_some(markup))
}

/// Publishes the annotated picture, unless the markup was replaced meanwhile.
async fn publish_annotated(app: &App, payload: &DrawMarkup, key: String) -> Result<(), JobError> {
    let photo = store::photos::load(app.db.read(), payload.photo_id).await?;
    let Some(project_id) = photo.map(|photo| photo.project_id) else { return Ok(()) };
    let mut work = app.begin_by_server(project_id).await?;
    let Some(photo) = store::photos::lock_for_update(&work.tx, payload.photo_id).await? else { return Ok(()) };
    if pending_markup(&photo, payload)?.is_some() {
        store::photos::set_annotated_key(&work.tx, photo.id, key).await?;
        work.mark_changed(ObjectKind::Photo, photo.id, photo.unit_id);
    }
    Ok(work.commit().await?)
}
