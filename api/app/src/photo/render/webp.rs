//! The job that makes the WebP renditions of a ready photo: about two thirds of the bytes for three times the work, so
//! it waits until the renditions that everybody waits for are likely to be made.
//!
//! The job is idempotent: they lie under keys made of the original's.

use domain::photo::{MAX_BYTES, PhotoState, PhotoType};
use sha2::{Digest, Sha256};
use store::boxed;

use super::worker_pool::run_in_worker_pool;
use super::{LARGE_EDGE, THUMB_EDGE, webp};
use crate::App;
use crate::jobs::JobError;
use crate::photo::jobs::MakeWebp;
use crate::photo::object_keys;

/// How long it waits, in seconds.
pub(super) const DELAY_SECONDS: i64 = 10 * 60;
/// The media type.
const WEBP: &str = PhotoType::Webp.as_str();

/// Makes them from the large rendition.
///
/// # Errors
/// When the database or the object store fails.
#[boxed]
pub async fn make_webp(app: &App, payload: MakeWebp) -> Result<(), JobError> {
    let photo = store::photos::load(app.db.read(), payload.photo_id).await?;
    let waits = photo.filter(|photo| photo.state == PhotoState::Ready && photo.webp_at.is_none());
    let Some((original, large)) = waits.and_then(|photo| photo.object_key.zip(photo.large_key)) else { return Ok(()) };
    store_webp(app, &original, &large).await?;
    let now = app.clock.now();
    app.db.write(async |tx| store::photos::set_webp_time(tx, payload.photo_id, &original, now).await).await?;
    Ok(())
}

/// Puts them into the object store, over those that may be there.
pub(super) async fn store_webp(app: &App, original: &str, large: &str) -> Result<(), JobError> {
    let jpeg = app.objects.get_bytes(large, MAX_BYTES).await?;
    let permanent = || JobError::Permanent("a rendition of our own cannot be read".to_owned());
    let made = run_in_worker_pool(move || webp(&jpeg)).await?.and_then(Result::ok).ok_or_else(permanent)?;
    for (edge, bytes) in [(THUMB_EDGE, made.thumb), (LARGE_EDGE, made.large)] {
        let sha256 = Sha256::digest(&bytes).into();
        app.objects.put(&object_keys::webp(original, edge), bytes.into(), WEBP, &sha256).await?;
    }
    Ok(())
}
