//! The payloads of the jobs on photos.

use domain::id::PhotoId;
use serde::{Deserialize, Serialize};

/// Makes the renditions of a received photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderPhoto {
    /// The photo.
    pub photo_id: PhotoId,
}

/// Draws a photo's markup into a rendition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DrawMarkup {
    /// The photo.
    pub photo_id: PhotoId,
    /// SHA-256 of the markup, in hexadecimal.
    pub markup: String,
}

/// Makes the WebP renditions of a ready photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MakeWebp {
    /// The photo.
    pub photo_id: PhotoId,
}
