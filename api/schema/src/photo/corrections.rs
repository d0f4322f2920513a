//! Withdrawing photos and moving them to where they belong.

use app::command::{Command, CommandResult};
use app::input::ReasonedCommand;
use app::photo::corrections::UpdatePhoto;
use async_graphql::{Context, InputObject, Object};
use domain::id::{DefectId, PhotoId};
use domain::photo::PhotoStage;

use super::types::Photo;
use crate::command::{header, into_command, run};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::payload;
use crate::scalars::{DateTime, Uid};

/// Withdrawing photos and moving them to where they belong.
#[derive(Default)]
pub struct PhotoCorrectionMutation;

/// A photo that was taken by mistake, and why it is withdrawn.
#[derive(InputObject, Clone)]
pub struct PhotoWithdrawInput {
    /// The photo.
    pub photo_id: Uid<PhotoId>,
    /// Why, at most 4,000 characters.
    pub reason: String,
    /// The photo's version that the viewer saw: refused with `STALE_VERSION` when it has changed meanwhile; left out =
    /// any.
    pub expected_version: Option<i32>,
    /// When it was withdrawn, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
}

/// Where a photo belongs.
#[derive(InputObject, Clone)]
pub struct PhotoUpdateInput {
    /// The photo.
    pub photo_id: Uid<PhotoId>,
    /// The defect that it shows, of the same project; left out = as it is.
    pub defect_id: Option<Uid<DefectId>>,
    /// The stage that it shows, `BEFORE` or `AFTER`; left out = unchanged.
    pub stage: Option<PhotoStage>,
    /// The photo's version that the viewer saw: refused with `STALE_VERSION` when it has changed meanwhile; left out =
    /// any.
    pub expected_version: Option<i32>,
    /// When it was moved, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
}

into_command! {
    PhotoWithdrawInput => |input| Command::PhotoWithdraw(ReasonedCommand {
        header: header(input.photo_id, input.expected_version, input.occurred_at),
        reason: input.reason,
    });
    PhotoUpdateInput => |input| Command::PhotoUpdate(input.into());
}

impl From<PhotoUpdateInput> for UpdatePhoto {
    fn from(input: PhotoUpdateInput) -> Self {
        Self {
            header: header(input.photo_id, input.expected_version, input.occurred_at),
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
impl PhotoCorrectionMutation {
    /// Withdraws a photo of a defect: it is not shown any more and does not count as missing. Its bytes stay for the
    /// record, and a delivery manager reads them by `photoOriginalRead`. The delivery manager may always do so. The
    /// author may do so too, but not once the unit's owner can see the photo (`SHOWN_TO_OWNER`), and not once the photo
    /// belongs to a reported repair (`PHOTO_IN_ATTEMPT`).
    async fn photo_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and why.")] input: PhotoWithdrawInput,
    ) -> ApiResult<PhotoWithdrawPayload> {
        let answer = run(ctx, input).await?.and_then(CommandResult::into_photo);
        PhotoWithdrawPayload::from_result(answer, ctx.language())
    }

    /// Moves a photo to the defect and the stage where it belongs; the histories of both defects tell it. Its author
    /// may do so until the unit's owner can see it, the delivery manager always; to where they could have declared it.
    /// A photo of a reported repair stays (`PHOTO_IN_ATTEMPT`): the delivery manager withdraws it instead. No photo
    /// moves to a defect that is void (`WRONG_STATE`) or merged into another (`MERGED`).
    async fn photo_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and where it belongs.")] input: PhotoUpdateInput,
    ) -> ApiResult<PhotoUpdatePayload> {
        let answer = run(ctx, input).await?.and_then(CommandResult::into_photo);
        PhotoUpdatePayload::from_result(answer, ctx.language())
    }
}
