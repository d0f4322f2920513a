//! The copy of a photo without metadata: the same pixels, for people who may see the photo and may not have the
//! original.

use bytes::Bytes;
use domain::photo::{MAX_BYTES, PhotoType};
use sha2::{Digest, Sha256};

use super::without_metadata;
use super::worker_pool::run_in_worker_pool;
use crate::App;
use crate::jobs::JobError;
use crate::photo::object_keys;

/// Makes the copy of an original that is in the object store. Returns where the copy lies.
///
/// # Errors
/// When the object store fails, or the original is not a picture any more.
pub(crate) async fn make_stripped_copy(app: &App, original: &str) -> Result<String, JobError> {
    let bytes = app.objects.get_bytes(original, MAX_BYTES).await?;
    let made = run_in_worker_pool({
        let bytes = bytes.clone();
        move || without_metadata(&bytes)
    });
    let permanent = || JobError::Permanent("an original cannot be copied without its metadata".to_owned());
    let copy = made.await?.and_then(Result::ok).ok_or_else(permanent)?;
    store_stripped_copy(app, original, &bytes, copy).await
}

/// Puts the copy into the object store, unless it is the same as the original. Returns where the copy lies.
///
/// # Errors
/// When the object store fails.
pub(crate) async fn store_stripped_copy(
    app: &App,
    original: &str,
    bytes: &Bytes,
    copy: Vec<u8>,
) -> Result<String, JobError> {
    if copy == *bytes {
        return Ok(original.to_owned());
    }
    let (key, sha256) = (object_keys::stripped(original), Sha256::digest(&copy).into());
    // Each link names the declared type itself.
    app.objects.put(&key, copy.into(), PhotoType::Jpeg.as_str(), &sha256).await?;
    Ok(key)
}
