//! Opening units to their owners, reviewing the own unit, waiving blockers.

use app::command::{Command, CommandResult};
use app::unit::open::{UnitOutcome, UnitsCommand};
use app::unit::review::Review;
use app::unit::waive::{Waive, revoke_waiver, waive};
use app::unit::{UnitRow, open};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::Language;
use domain::id::{PhotoId, ReviewId, UnitId, WaiverId};
use domain::unit::readiness::BlockerCode;

use super::types::{Unit, UnitReview};
use crate::command::{into_command, run};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
use crate::scalars::{DateTime, Uid, ids};

/// Commands on units.
#[derive(Default)]
pub struct UnitMutation;

/// Which units to open to their owners.
#[derive(InputObject)]
pub struct UnitOpenToOwnerInput {
    /// The units, at most 500, each with an owner.
    pub unit_ids: Vec<Uid<UnitId>>,
    /// Why, at most 4,000 characters. Required for units with open defects that block their delivery.
    pub reason: Option<String>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// Which units to close to their owners.
#[derive(InputObject)]
pub struct UnitCloseToOwnerInput {
    /// The units, at most 500.
    pub unit_ids: Vec<Uid<UnitId>>,
    /// Why, at most 4,000 characters.
    pub reason: Option<String>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// What a command did with one of several units.
#[derive(SimpleObject)]
pub struct UnitCommandResult {
    /// The unit that was named.
    pub unit_id: Uid,
    /// The unit as it is now, done or refused; null when there is none that the viewer may see.
    pub unit: Option<Unit>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Declares the payloads of commands on many units.
macro_rules! units_payload {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $(
            $(#[$meta])*
            #[derive(SimpleObject)]
            pub struct $name {
                /// The units of the input as they are now, those that the viewer may see.
                pub units: Vec<Unit>,
                /// One answer for each unit of the input, in its order.
                pub results: Vec<UnitCommandResult>,
                /// Validation and permission errors of all units. Empty on success.
                pub user_errors: Vec<UserError>,
            }

            impl $name {
                fn of(answer: app::Result<Vec<UnitOutcome>>, language: Language) -> ApiResult<Self> {
                    let (answers, mut user_errors) = split(answer, language)?;
                    let results: Vec<_> = answers.unwrap_or_default().into_iter().map(|one| result(one, language)).collect();
                    user_errors.extend(results.iter().flat_map(|one| one.user_errors.clone()));
                    Ok(Self { units: results.iter().filter_map(|one| one.unit.clone()).collect(), results, user_errors })
                }
            }
        )+
    };
}

units_payload! {
    /// What became of each unit.
    UnitOpenToOwnerPayload;
    /// What became of each unit.
    UnitCloseToOwnerPayload;
}

fn result(answer: UnitOutcome, language: Language) -> UnitCommandResult {
    UnitCommandResult {
        unit_id: answer.unit_id.into(),
        unit: answer.unit.map(Unit::from),
        user_errors: answer.refusal.iter().map(|refusal| UserError::new(refusal, language)).collect(),
    }
}

/// An owner's review.
#[derive(InputObject, Clone)]
pub struct UnitReviewInput {
    /// The review's id, a UUID of version 7 made by the client. The same again with the same content is no second
    /// review.
    pub review_id: Uid<ReviewId>,
    /// The own unit.
    pub unit_id: Uid<UnitId>,
    /// From 1, very bad, to 5, very good.
    pub rating: Option<i32>,
    /// In words, at most 4,000 characters.
    pub body: String,
    /// The picture of the signature: a photo declared as one by the viewer.
    pub signature_photo_id: Option<Uid<PhotoId>>,
    /// The hash that `unitReviewContent` answered: refused as `CONTENT_CHANGED` when the content has changed since.
    /// Left out, the content as it is now is signed.
    pub content_hash: Option<String>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

into_command! {
    UnitReviewInput => |input| Command::UnitReview(input.into());
}

impl From<UnitReviewInput> for Review {
    fn from(input: UnitReviewInput) -> Self {
        Self {
            review_id: input.review_id.0,
            unit_id: input.unit_id.0,
            rating: input.rating,
            body: input.body,
            signature_photo_id: input.signature_photo_id.map(|id| id.0),
            content_hash: input.content_hash,
            occurred_at: input.occurred_at.map(|moment| moment.0),
        }
    }
}

/// A waiver of one blocker.
#[derive(InputObject)]
pub struct ReadinessWaiveInput {
    /// The waiver's id, a UUID of version 7 made by the client. The same again with the same content is no second
    /// waiver.
    pub waiver_id: Uid<WaiverId>,
    /// The unit.
    pub unit_id: Uid<UnitId>,
    /// Which blocker of the unit's readiness.
    pub blocker: BlockerCode,
    /// The blocker's `subjectId`; left out where it has none.
    pub subject_id: Option<Uid>,
    /// Why it may pass, at most 4,000 characters.
    pub reason: String,
}

/// A waiver to take back.
#[derive(InputObject)]
pub struct ReadinessWaiverRevokeInput {
    /// The waiver.
    pub waiver_id: Uid<WaiverId>,
    /// Why, at most 4,000 characters.
    pub reason: String,
}

payload! {
    /// The review, or why not.
    UnitReviewPayload {
        /// The review; null when refused.
        review: UnitReview
    }
}

payload! {
    /// The unit with its readiness, or why not.
    ReadinessWaivePayload {
        /// The unit; null when refused.
        unit: Unit
    }
}

payload! {
    /// The unit with its readiness, or why not.
    ReadinessWaiverRevokePayload {
        /// The unit; null when refused.
        unit: Unit
    }
}

#[Object]
impl UnitMutation {
    /// Opens units to their owners, who see them from this moment on. Delivery manager and customer relations. Each
    /// unit is done or refused for itself; one that is open stays as it is.
    async fn unit_open_to_owner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which units, and why.")] input: UnitOpenToOwnerInput,
    ) -> ApiResult<UnitOpenToOwnerPayload> {
        let units = units(input.unit_ids, input.reason, input.occurred_at);
        UnitOpenToOwnerPayload::of(open::open_to_owners(ctx.acting()?, units).await, ctx.language())
    }

    /// Closes units to their owners, who see nothing of them from this moment on.
    async fn unit_close_to_owner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which units, and why.")] input: UnitCloseToOwnerInput,
    ) -> ApiResult<UnitCloseToOwnerPayload> {
        let units = units(input.unit_ids, input.reason, input.occurred_at);
        UnitCloseToOwnerPayload::of(open::close_to_owners(ctx.acting()?, units).await, ctx.language())
    }

    /// An owner reviews the own unit and signs the content shown.
    async fn unit_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, the rating and the signature.")] input: UnitReviewInput,
    ) -> ApiResult<UnitReviewPayload> {
        let answer = run(ctx, input).await?.and_then(CommandResult::into_review);
        UnitReviewPayload::from_result(answer, ctx.language())
    }

    /// A delivery manager lets a blocker pass, by name and with a reason: the unit may be delivered in spite of it.
    async fn readiness_waive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which blocker of which unit, and why.")] input: ReadinessWaiveInput,
    ) -> ApiResult<ReadinessWaivePayload> {
        let new = Waive {
            waiver_id: input.waiver_id.0,
            unit_id: input.unit_id.0,
            blocker: input.blocker,
            subject_id: input.subject_id.map(|id| id.0),
            reason: input.reason,
        };
        let answer: app::Result<UnitRow> = waive(ctx.acting()?, new).await;
        ReadinessWaivePayload::from_result(answer, ctx.language())
    }

    /// A delivery manager takes a waiver back: the blocker stands again.
    async fn readiness_waiver_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which waiver, and why.")] input: ReadinessWaiverRevokeInput,
    ) -> ApiResult<ReadinessWaiverRevokePayload> {
        let answer = revoke_waiver(ctx.acting()?, input.waiver_id.0, &input.reason).await;
        ReadinessWaiverRevokePayload::from_result(answer, ctx.language())
    }
}

fn units(unit_ids: Vec<Uid<UnitId>>, reason: Option<String>, occurred_at: Option<DateTime>) -> UnitsCommand {
    UnitsCommand { unit_ids: ids(unit_ids), reason, occurred_at: occurred_at.map(|moment| moment.0) }
}
