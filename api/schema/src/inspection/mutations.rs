//! Beginning, recording, submitting, signing, reopening.

use app::command::CommandResult;
use app::inspection::InspectionRow;
use app::inspection::submit::Submission;
use app::redacted::Redacted;
use async_graphql::{Context, Object, SimpleObject};
use domain::id::InspectionId;

use super::inputs::{
    CheckResultsClearInput, CheckResultsRecordInput, UnitInspectionMarkInaccessibleInput, UnitInspectionReopenInput,
    UnitInspectionSignInput, UnitInspectionStartInput, UnitInspectionSubmitInput,
};
use super::types::{MissingItem, UnitInspection};
use crate::command::run;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::Uid;

/// Beginning, recording, submitting, signing, reopening unit inspections.
#[derive(Default)]
pub struct InspectionMutation;

/// Declares payloads of commands on a unit inspection.
macro_rules! inspection_payloads {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[derive(SimpleObject)]
            pub struct $name {
                /// The unit inspection as it is now, done or refused; null when there is none that the viewer may see.
                pub unit_inspection: Option<UnitInspection>,
                /// Validation and permission errors. Empty on success.
                pub user_errors: Vec<UserError>,
            }

            impl $name {
                async fn from_result(
                    ctx: &Context<'_>,
                    id: Uid<InspectionId>,
                    answer: app::Result<Redacted<InspectionRow>>,
                ) -> ApiResult<Self> {
                    let (unit_inspection, user_errors) = inspection_and_errors(ctx, id, answer).await?;
                    Ok(Self { unit_inspection, user_errors })
                }
            }
        )+
    };
}

inspection_payloads! {
    /// The unit inspection that was begun.
    UnitInspectionStartPayload,
    /// The unit inspection with the recorded results.
    CheckResultsRecordPayload,
    /// The unit inspection without the results that were taken back.
    CheckResultsClearPayload,
    /// The signed unit inspection.
    UnitInspectionSignPayload,
    /// The unit inspection that was taken up again.
    UnitInspectionReopenPayload,
    /// The unit inspection that counts as not inspected.
    UnitInspectionMarkInaccessiblePayload,
}

/// The submitted unit inspection, or what it lacks.
#[derive(SimpleObject)]
pub struct UnitInspectionSubmitPayload {
    /// The unit inspection as it is now, done or refused; null when there is none that the viewer may see.
    pub unit_inspection: Option<UnitInspection>,
    /// The missing entries, in the order of a walk; empty when it was submitted.
    pub missing: Vec<MissingItem>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl InspectionMutation {
    /// Begins the inspection of a unit. On a second tablet it is no error.
    async fn unit_inspection_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit inspection.")] input: UnitInspectionStartInput,
    ) -> ApiResult<UnitInspectionStartPayload> {
        let id = input.inspection_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_inspection);
        UnitInspectionStartPayload::from_result(ctx, id, answer).await
    }

    /// Records results and measurements for the viewer's company; begins a planned inspection by itself. The same again
    /// changes nothing, different values replace the company's earlier ones, never another company's. A measurement
    /// gives the item's result by its rule, and new readings judge again; a result against them needs a note. An entry
    /// with a fault is refused alone, in `userErrors` at its place, and the others are recorded; readings are numbers
    /// as people type them, also with a comma or the item's unit.
    async fn check_results_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The results and measurements.")] input: CheckResultsRecordInput,
    ) -> ApiResult<CheckResultsRecordPayload> {
        let id = input.inspection_id;
        let (answer, refused) = match run(ctx, input).await?.and_then(CommandResult::into_recorded) {
            Ok(recorded) => (Ok(recorded.inspection), recorded.refusals),
            Err(error) => (Err(error), Vec::new()),
        };
        let mut payload = CheckResultsRecordPayload::from_result(ctx, id, answer).await?;
        payload.user_errors.extend(refused.iter().map(|refusal| UserError::new(refusal, ctx.language())));
        Ok(payload)
    }

    /// Takes back results that the viewer's company gave by hand: its measurements count again, or there is no result.
    /// A place without such a result is refused alone, in `userErrors` at its place.
    async fn check_results_clear(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which results, and why.")] input: CheckResultsClearInput,
    ) -> ApiResult<CheckResultsClearPayload> {
        let id = input.inspection_id;
        let (answer, refused) = match run(ctx, input).await?.and_then(CommandResult::into_recorded) {
            Ok(cleared) => (Ok(cleared.inspection), cleared.refusals),
            Err(error) => (Err(error), Vec::new()),
        };
        let mut payload = CheckResultsClearPayload::from_result(ctx, id, answer).await?;
        payload.user_errors.extend(refused.iter().map(|refusal| UserError::new(refusal, ctx.language())));
        Ok(payload)
    }

    /// Says that the inspection is complete; names the missing entries when it is not. From then on the content is
    /// fixed, and the required parties sign.
    async fn unit_inspection_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit inspection.")] input: UnitInspectionSubmitInput,
    ) -> ApiResult<UnitInspectionSubmitPayload> {
        let id = input.inspection_id;
        let answer = match run(ctx, input).await?.and_then(CommandResult::into_submission) {
            Ok(Submission::Incomplete { inspection, missing, refusals }) => {
                let told = |refusal| UserError::new(refusal, ctx.language());
                return Ok(UnitInspectionSubmitPayload {
                    unit_inspection: Some(inspection.into()),
                    missing: missing.into_iter().map(MissingItem).collect(),
                    user_errors: refusals.iter().map(told).collect(),
                });
            }
            Ok(Submission::Done(inspection)) => Ok(inspection),
            Err(error) => Err(error),
        };
        let (unit_inspection, user_errors) = inspection_and_errors(ctx, id, answer).await?;
        Ok(UnitInspectionSubmitPayload { unit_inspection, missing: Vec::new(), user_errors })
    }

    /// Signs a submitted inspection for the viewer's party: exactly the content that was shown, by its hash. When all
    /// required parties have signed, it is signed.
    async fn unit_inspection_sign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The signature.")] input: UnitInspectionSignInput,
    ) -> ApiResult<UnitInspectionSignPayload> {
        let id = input.inspection_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_inspection);
        UnitInspectionSignPayload::from_result(ctx, id, answer).await
    }

    /// Takes a submitted or signed inspection up again, with a reason. The signatures stay as history; all sign anew.
    /// Delivery manager, site engineer and supervising engineer.
    async fn unit_inspection_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit inspection, and why.")] input: UnitInspectionReopenInput,
    ) -> ApiResult<UnitInspectionReopenPayload> {
        let id = input.inspection_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_inspection);
        UnitInspectionReopenPayload::from_result(ctx, id, answer).await
    }

    /// Says, with a reason, that the unit could not be entered: it counts as not inspected in this round.
    async fn unit_inspection_mark_inaccessible(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit inspection, and why.")] input: UnitInspectionMarkInaccessibleInput,
    ) -> ApiResult<UnitInspectionMarkInaccessiblePayload> {
        let id = input.inspection_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_inspection);
        UnitInspectionMarkInaccessiblePayload::from_result(ctx, id, answer).await
    }
}

/// The unit inspection after the command, or as it is when the command was refused.
async fn inspection_and_errors(
    ctx: &Context<'_>,
    id: Uid<InspectionId>,
    answer: app::Result<Redacted<InspectionRow>>,
) -> ApiResult<(Option<UnitInspection>, Vec<UserError>)> {
    let (row, user_errors) = split(answer, ctx.language())?;
    let row = match row {
        Some(row) => Some(row),
        None => app::inspection::read::find_inspection(ctx.app(), ctx.caller()?, id.0).await?,
    };
    Ok((row.map(UnitInspection::from), user_errors))
}
