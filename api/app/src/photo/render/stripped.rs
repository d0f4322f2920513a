//! The copy of a photo without metadata: the same pixels, for people who may see the photo and may not have the original.

use bytes::Bytes;
use domain::photo::{MAX_BYTES, PhotoType};
use sha2::{Digest, Sha256};

use super::apart::apart;
use super::without_metadata;
use crate::App;
use crate::jobs::JobError;
use crate::photo::keys;

/// Makes the copy of an original that is in the object store. Answers where the copy lies.
///
/// # Errors
/// When the object store fails, or the original is not a picture any more.
pub(crate) async fn make(app: &App, original: &str) -> Result<String, JobError> {
    let bytes = app.objects.get_bytes(original, MAX_BYTES).await?;
    let made = apart({
        let bytes = bytes.clone();
        move || without_metadata(&bytes)
    });
    let hopeless = || JobError::Hopeless("an original cannot be copied without its metadata".to_owned());
    let copy = made.await?.and_then(Result::ok).ok_or_else(hopeless)?;
    put(app, original, &bytes, copy).await
}

/// Puts the copy into the object store, unless it is the same as the original. Answers where the copy lies.
///
/// # Errors
/// When the object store fails.
pub(crate) async fn put(app: &App, original: &str, bytes: &Bytes, copy: Vec<u8>) -> Result<String, JobError> {
    if copy == *bytes {
        return Ok(original.to_owned());
    }
    let (key, sha256) = (keys::stripped(original), Sha256::digest(&copy).into());
    // Each link names the declared type itself.
    app.objects.put(&key, copy.into(), PhotoType::Jpeg.as_str(), &sha256).await?;
    Ok(key)
}
