//! Stored inputs of commands on units.

use domain::id::{PhotoId, ReviewId, UnitId};
use serde::Deserialize;

use super::{Moment, time};
use crate::unit::review;

/// `UnitReviewInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Review {
    #[serde(rename = "reviewId")]
    review_id: ReviewId,
    #[serde(rename = "unitId")]
    unit_id: UnitId,
    #[serde(rename = "rating")]
    rating: Option<i32>,
    #[serde(rename = "body")]
    body: String,
    #[serde(rename = "signaturePhotoId")]
    signature_photo_id: Option<PhotoId>,
    #[serde(rename = "contentHash")]
    content_hash: Option<String>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Review> for review::Review {
    fn from(stored: Review) -> Self {
        Self {
            review_id: stored.review_id,
            unit_id: stored.unit_id,
            rating: stored.rating,
            body: stored.body,
            signature_photo_id: stored.signature_photo_id,
            content_hash: stored.content_hash,
            occurred_at: time(stored.occurred_at),
        }
    }
}
