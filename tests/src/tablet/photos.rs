//! The upload of photos, beside the API.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::Tablet;
use super::documents::{PHOTO_COMPLETE, PHOTO_CREATE};
use super::error::TabletError;
use super::local::{Photo, PhotoState};
use super::wire::Wire;

/// The number of times that an upload starts again automatically because the bytes were missing.
const ROUNDS: usize = 3;

impl<W: Wire> Tablet<W> {
    /// Uploads every photo that the server knows but does not have. A failed one does not delay the others. Returns the
    /// number of photos that are complete now.
    ///
    /// # Errors
    /// The first failure, after all were tried.
    pub async fn send_photos(&self) -> Result<usize, TabletError> {
        let (mut complete, mut first) = (0, None);
        for (photo, state) in self.local.photos_to_send(self.session.person_id(), self.project_id).await? {
            match self.send_photo(&photo, state).await {
                Ok(PhotoState::Complete) => complete += 1,
                Ok(_) => {}
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(complete), Err)
    }

    async fn send_photo(&self, photo: &Photo, mut state: PhotoState) -> Result<PhotoState, TabletError> {
        for _ in 0..ROUNDS {
            if state == PhotoState::Declared {
                state = self.upload(photo).await?;
                self.local.move_photo(photo.id, state).await?;
            }
            if state == PhotoState::Uploaded {
                state = self.complete(photo).await?;
                self.local.move_photo(photo.id, state).await?;
            }
            if matches!(state, PhotoState::Complete | PhotoState::Refused) {
                break;
            }
        }
        Ok(state)
    }

    /// Requests a link with the same declaration, and PUTs the bytes. An answer without a link means that the server
    /// has them.
    async fn upload(&self, photo: &Photo) -> Result<PhotoState, TabletError> {
        let input = photo.declaration(&self.local);
        let ask = || self.session.ask(PHOTO_CREATE, json!({ "input": input }));
        let data = self.retry_policy.retry(ask).await?;
        let payload = &data["photoUploadCreate"];
        if let ControlFlow::Break(state) = refused(payload)? {
            return Ok(state);
        }
        let link = &payload["upload"];
        if link.is_object() {
            let bytes = self.local.bytes(photo.id).await?;
            self.retry_policy.retry(|| self.put(link, &bytes)).await?;
        }
        Ok(PhotoState::Uploaded)
    }

    async fn put(&self, link: &Value, bytes: &[u8]) -> Result<(), TabletError> {
        match self.session.wire.put(link, bytes.to_vec()).await {
            Ok(200..300) => Ok(()),
            Ok(status) => Err(TabletError::Broken(format!("the object store answered {status}"))),
            Err(broken) => Err(TabletError::Broken(broken.0)),
        }
    }

    async fn complete(&self, photo: &Photo) -> Result<PhotoState, TabletError> {
        let data = self.retry_policy.retry(|| self.session.ask(PHOTO_COMPLETE, json!({ "id": photo.id }))).await?;
        let payload = &data["photoUploadComplete"];
        if let ControlFlow::Break(state) = refused(payload)? {
            return Ok(state);
        }
        Ok(match payload["photo"]["state"].as_str() {
            Some("REJECTED") => PhotoState::Refused,
            _ => PhotoState::Complete,
        })
    }
}

/// The consequence of a refusal for a photo: upload again, later, or never.
fn refused(payload: &Value) -> Result<ControlFlow<PhotoState>, TabletError> {
    let Some(error) = payload["userErrors"].get(0) else { return Ok(ControlFlow::Continue(())) };
    match error["code"].as_str() {
        Some("PHOTO_NOT_THERE" | "PHOTO_MISMATCH") => Ok(ControlFlow::Break(PhotoState::Declared)),
        Some("STORE_UNAVAILABLE") => Err(TabletError::Busy(None)),
        _ => Ok(ControlFlow::Break(PhotoState::Refused)),
    }
}
