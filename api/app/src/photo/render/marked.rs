//! The job that draws a photo's markup into a rendition of its own.
//!
//! Doing it twice changes nothing: the rendition lies under a key made of the original's and of what is drawn. What was
//! replaced meanwhile is not shown any more, however late it is drawn.

use domain::object_kind::ObjectKind;
use domain::photo::{MAX_BYTES, Markup, PhotoState};
use imaging::markup::draw;
use sha2::{Digest, Sha256};

use super::LARGE_EDGE;
use super::apart::apart;
use crate::App;
use crate::jobs::JobError;
use crate::photo::jobs::DrawMarkup;
use crate::photo::markup::{hash, markup_of};
use crate::photo::{PhotoRow, keys};

/// Draws the markup, if it is still what the photo bears.
///
/// # Errors
/// When the database or the object store fails.
pub async fn run(app: &App, payload: DrawMarkup) -> Result<(), JobError> {
    let Some(photo) = store::photos::load(app.db.read(), payload.photo_id).await? else { return Ok(()) };
    let Some(markup) = wanted(&photo, &payload)? else { return Ok(()) };
    let key = paint(app, &photo, markup, &payload.markup).await?;
    show(app, &payload, key).await
}

/// Draws the markup of a photo again, over what may be there.
///
/// # Errors
/// When the object store fails.
pub(super) async fn repaint(app: &App, photo: &PhotoRow) -> Result<(), JobError> {
    let Some(markup) = markup_of(photo)?.filter(|_| photo.marked_key.is_some()) else { return Ok(()) };
    let hash = hash(&markup)?;
    paint(app, photo, markup, &hash).await.map(drop)
}

/// Puts the picture with the markup into the object store, and answers where it lies.
async fn paint(app: &App, photo: &PhotoRow, markup: Markup, hash: &str) -> Result<String, JobError> {
    let hopeless = || JobError::Hopeless("a ready photo has no place in the object store".to_owned());
    let (original, large) = photo.object_key.as_deref().zip(photo.large_key.as_deref()).ok_or_else(hopeless)?;
    let key = keys::marked(original, hash, LARGE_EDGE);
    let (picture, lettering) = (app.objects.get_bytes(large, MAX_BYTES).await?, app.lettering.clone());
    let drawn = apart(move || draw(&picture, &markup, &lettering)).await?;
    let hopeless = |why: String| JobError::Hopeless(format!("the markup cannot be drawn: {why}"));
    let drawn =
        drawn.ok_or_else(|| hopeless("it panicked".to_owned()))?.map_err(|error| hopeless(error.to_string()))?;
    let sha256 = Sha256::digest(&drawn).into();
    app.objects.put(&key, drawn.into(), "image/jpeg", &sha256).await?;
    Ok(key)
}

/// The markup that is to be drawn, if the photo bears it and it is not drawn yet.
fn wanted(photo: &PhotoRow, payload: &DrawMarkup) -> Result<Option<Markup>, JobError> {
    if photo.state != PhotoState::Ready.as_str() || photo.marked_key.is_some() {
        return Ok(None);
    }
    let Some(markup) = markup_of(photo)? else { return Ok(None) };
    Ok((hash(&markup)? == payload.markup).then_some(markup))
}

/// From now on whoever asks for the marked picture gets it, unless something else was drawn meanwhile.
async fn show(app: &App, payload: &DrawMarkup, key: String) -> Result<(), JobError> {
    let photo = store::photos::load(app.db.read(), payload.photo_id).await?;
    let Some(project_id) = photo.map(|photo| photo.project_id) else { return Ok(()) };
    let mut work = app.begin_by_server(project_id).await?;
    let Some(photo) = store::photos::hold(&work.tx, payload.photo_id).await? else { return Ok(()) };
    if wanted(&photo, payload)?.is_some() {
        store::photos::drawn(&work.tx, photo.id, key).await?;
        work.changed(ObjectKind::Photo, photo.id, photo.unit_id);
    }
    Ok(work.commit().await?)
}
