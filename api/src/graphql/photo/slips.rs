//! Withdrawing photos and moving them to where they belong.

use app::photo::slips::{PhotoHead, UpdatePhoto, update, withdraw};
use async_graphql::{Context, InputObject, Object};
use domain::photo::PhotoStage;

use super::types::Photo;
use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::payload::payload;
use crate::graphql::scalars::{DateTime, Uid};

/// Withdrawing photos and moving them to where they belong.
#[derive(Default)]
pub struct PhotoSlipMutation;

/// A photo that was taken by mistake, and why it is withdrawn.
#[derive(InputObject, Clone)]
pub struct PhotoWithdrawInput {
    /// The photo.
    pub photo_id: Uid,
    /// Why, at most 4,000 characters.
    pub reason: String,
    /// The photo's version that the viewer saw: refused with `STALE_VERSION` when it has changed meanwhile; left out = any.
    pub expected_version: Option<i32>,
    /// When it was withdrawn, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
}

impl PhotoWithdrawInput {
    /// Which photo.
    pub fn head(&self) -> PhotoHead {
        PhotoHead {
            photo_id: self.photo_id.0,
            expected_version: self.expected_version,
            occurred_at: self.occurred_at.map(|moment| moment.0),
        }
    }
}

/// Where a photo belongs.
#[derive(InputObject, Clone)]
pub struct PhotoUpdateInput {
    /// The photo.
    pub photo_id: Uid,
    /// The defect that it shows, of the same project; left out = as it is.
    pub defect_id: Option<Uid>,
    /// What it shows, `BEFORE` or `AFTER`; left out = as it is.
    pub stage: Option<PhotoStage>,
    /// The photo's version that the viewer saw: refused with `STALE_VERSION` when it has changed meanwhile; left out = any.
    pub expected_version: Option<i32>,
    /// When it was moved, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
}

impl From<PhotoUpdateInput> for UpdatePhoto {
    fn from(input: PhotoUpdateInput) -> Self {
        Self {
            head: PhotoHead {
                photo_id: input.photo_id.0,
                expected_version: input.expected_version,
                occurred_at: input.occurred_at.map(|moment| moment.0),
            },
            defect_id: input.defect_id.map(|id| id.0),
            stage: input.stage,
        }
    }
}

payload! {
    /// The photo, withdrawn.
    PhotoWithdrawPayload {
        /// The photo.
        photo: Photo
    }
}

payload! {
    /// The photo where it belongs.
    PhotoUpdatePayload {
        /// The photo.
        photo: Photo
    }
}

#[Object]
impl PhotoSlipMutation {
    /// Withdraws a photo of a defect: it is not shown any more, and nobody waits for it. Its bytes stay for the record, and
    /// a delivery manager reads them by `photoOriginalRead`. The delivery manager may always do so. The author may do so
    /// too, but not once the unit's owner can see the photo (`SHOWN_TO_OWNER`), and not once the photo belongs to a
    /// reported repair (`PHOTO_IN_ATTEMPT`).
    async fn photo_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and why.")] input: PhotoWithdrawInput,
    ) -> ApiResult<PhotoWithdrawPayload> {
        let answer = withdraw(ctx.app(), ctx.caller()?, input.head(), &input.reason).await;
        PhotoWithdrawPayload::answer(answer, ctx.language())
    }

    /// Moves a photo to the defect and the stage where it belongs; the histories of both defects tell it. Its author may
    /// do so until the unit's owner can see it, the delivery manager always; to where they could have declared it. A photo
    /// of a reported repair stays (`PHOTO_IN_ATTEMPT`): the delivery manager withdraws it instead. No photo moves to a
    /// defect that is void (`WRONG_STATE`) or merged into another (`MERGED`).
    async fn photo_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and where it belongs.")] input: PhotoUpdateInput,
    ) -> ApiResult<PhotoUpdatePayload> {
        PhotoUpdatePayload::answer(update(ctx.app(), ctx.caller()?, input.into()).await, ctx.language())
    }
}
