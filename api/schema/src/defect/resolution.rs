//! Disputing, voiding, holding, merging and reopening defects.

use app::command::Command;
use app::defect::dispute::{DisputeDefect, ResolveDispute};
use app::defect::merge::{MergeDefect, UnmergeDefect};
use app::defect::void::VoidDefect;
use app::input::ReasonedCommand;
use async_graphql::{Context, Object};
use domain::defect::{DisputeGround, DisputeOutcome, VoidReason};
use domain::id::{CompanyId, DefectId, DisputeId};

use super::command::{defect_input, defect_payloads, run_for_each};
use crate::error::ApiResult;
use crate::scalars::Uid;

/// Disputing, voiding, holding, merging and reopening defects.
#[derive(Default)]
pub struct DefectResolutionMutation;

defect_input! {
    /// A contractor's dispute; for one defect.
    DefectDisputeInput {
        /// The dispute's id, a UUID of version 7 made by the client.
        dispute_id: Uid<DisputeId>,
        /// Not ours, or not a defect.
        ground: DisputeGround,
        /// In words, at most 4,000 characters.
        reason: String,
    },
    |input, header| Command::DefectDispute(DisputeDefect {
        header,
        dispute_id: input.dispute_id.0,
        ground: input.ground,
        reason: input.reason.clone(),
    })
}

defect_input! {
    /// How a dispute is settled.
    DefectResolveDisputeInput {
        /// Upheld: the assignment stands. Reassigned: another company. Voided: no defect.
        outcome: DisputeOutcome,
        /// The company that becomes responsible; mandatory for `REASSIGNED`.
        company_id: Option<Uid<CompanyId>>,
        /// In words, at most 4,000 characters.
        note: Option<String>,
    },
    |input, header| Command::DefectResolveDispute(ResolveDispute {
        header,
        outcome: input.outcome,
        company_id: input.company_id.map(|id| id.0),
        note: input.note.clone(),
    })
}

defect_input! {
    /// Why defects are void.
    DefectVoidInput {
        /// The kind of reason.
        reason: VoidReason,
        /// Of which it is a duplicate; mandatory for `DUPLICATE`.
        duplicate_of: Option<Uid<DefectId>>,
        /// In words, at most 4,000 characters.
        note: Option<String>,
    },
    |input, header| Command::DefectVoid(VoidDefect {
        header,
        reason: input.reason,
        duplicate_of: input.duplicate_of.map(|id| id.0),
        note: input.note.clone(),
    })
}

defect_input! {
    /// Why own findings are taken back.
    DefectWithdrawInput {
        /// In words, at most 4,000 characters.
        reason: String,
    },
    |input, header| Command::DefectWithdraw(ReasonedCommand { header, reason: input.reason.clone() })
}

defect_input! {
    /// Why void defects are taken back.
    DefectRestoreInput {
        /// In words, at most 4,000 characters.
        reason: String,
    },
    |input, header| Command::DefectRestore(ReasonedCommand { header, reason: input.reason.clone() })
}

defect_input! {
    /// Why closed defects are opened again.
    DefectReopenInput {
        /// In words, at most 4,000 characters.
        reason: String,
    },
    |input, header| Command::DefectReopen(ReasonedCommand { header, reason: input.reason.clone() })
}

defect_input! {
    /// Why the clock stops.
    DefectHoldInput {
        /// In words, at most 4,000 characters.
        reason: String,
    },
    |input, header| Command::DefectHold(ReasonedCommand { header, reason: input.reason.clone() })
}

defect_input! {
    /// Which clocks run again.
    DefectResumeInput {},
    |_input, header| Command::DefectResume(header)
}

defect_input! {
    /// Which defects are merged into which.
    DefectMergeInput {
        /// The defect that stays; of the same unit, alive.
        into_defect_id: Uid<DefectId>,
        /// In words, at most 4,000 characters.
        note: Option<String>,
    },
    |input, header| Command::DefectMerge(MergeDefect {
        header,
        into: input.into_defect_id.0,
        note: input.note.clone(),
    })
}

defect_input! {
    /// Which merges are undone.
    DefectUnmergeInput {
        /// In words, at most 4,000 characters.
        note: Option<String>,
    },
    |input, header| Command::DefectUnmerge(UnmergeDefect { header, note: input.note.clone() })
}

defect_payloads!(
    DefectDisputePayload,
    DefectResolveDisputePayload,
    DefectVoidPayload,
    DefectWithdrawPayload,
    DefectRestorePayload,
    DefectReopenPayload,
    DefectHoldPayload,
    DefectResumePayload,
    DefectMergePayload,
    DefectUnmergePayload,
);

#[Object]
impl DefectResolutionMutation {
    /// The responsible contractor's lead says: not ours, or not a defect. The clock stands still.
    async fn defect_dispute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, the ground and the reason.")] input: DefectDisputeInput,
    ) -> ApiResult<DefectDisputePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// The developer settles a dispute.
    async fn defect_resolve_dispute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and the outcome of their disputes.")] input: DefectResolveDisputeInput,
    ) -> ApiResult<DefectResolveDisputePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Declares defects void: entered in error, no defect, or a duplicate.
    async fn defect_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and the reason.")] input: DefectVoidInput,
    ) -> ApiResult<DefectVoidPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Takes back own findings: owners those that they found themselves, staff those that their company raised. Refused
    /// with `WRONG_STATE` once a repair has begun, with `REPAIR_REPORTED` once one was reported, and with `FOUR_EYES`
    /// to the responsible contractor.
    async fn defect_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which findings, and why.")] input: DefectWithdrawInput,
    ) -> ApiResult<DefectWithdrawPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// The developer takes void defects back to where they stood.
    async fn defect_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and why.")] input: DefectRestoreInput,
    ) -> ApiResult<DefectRestorePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Opens closed defects again: developer, supervisor, property, or the owner for an own unit.
    async fn defect_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and why.")] input: DefectReopenInput,
    ) -> ApiResult<DefectReopenPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Puts defects on hold: the clock stops.
    async fn defect_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and why.")] input: DefectHoldInput,
    ) -> ApiResult<DefectHoldPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Takes defects from hold: the clock runs again with the working time that was left.
    async fn defect_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects.")] input: DefectResumeInput,
    ) -> ApiResult<DefectResumePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Merges duplicates into the defect that they repeat. Both keep their histories.
    async fn defect_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and the defect that they repeat.")] input: DefectMergeInput,
    ) -> ApiResult<DefectMergePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// Undoes merges: each goes back to where it stood.
    async fn defect_unmerge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and why.")] input: DefectUnmergeInput,
    ) -> ApiResult<DefectUnmergePayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }
}
