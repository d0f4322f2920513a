//! Reapply a changed policy: a repair that has all required passes now is closed.

use domain::defect::transition::Step;
use domain::defect::{AttemptStatus, DefectCommand, DefectStatus, effect_of};
use domain::id::{DefectId, ProjectId};
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::json;

use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::CommandHeader;

/// Closes the project's defects that wait for a pass which the policy does not ask for any more, each in a transaction
/// of its own.
///
/// # Errors
/// When the database fails.
pub(crate) async fn reapply_policy(ctx: Context<'_>, project_id: ProjectId) -> Result<()> {
    for defect_id in
        store::defects::waiting_with_passes(ctx.app.db.read(), &ctx.caller.visibility(), project_id).await?
    {
        match close_if_enough(ctx, defect_id).await {
            // A concurrent command was faster.
            Err(Error::Refused(refusals)) if is_not_found(&refusals) => {}
            other => other?,
        }
    }
    Ok(())
}

fn is_not_found(refusals: &[Refusal]) -> bool {
    refusals.iter().all(|refusal| refusal.code == RefusalCode::NotFound)
}

async fn close_if_enough(ctx: Context<'_>, defect_id: DefectId) -> Result<()> {
    let mut command =
        DefectCommandContext::open(ctx, CommandHeader { target: defect_id, expected_version: None, occurred_at: None })
            .await?;
    let passed = command.facts.verdicts.iter().find(|(_, passed)| *passed).map(|(party, _)| *party);
    let (Some(party), Some(attempt), DefectStatus::Fixed) = (passed, command.attempt.clone(), command.facts.status)
    else {
        return Ok(());
    };
    let step = Step::Verdict { party, passed: true };
    if effect_of(&command.facts, step, &command.project.policy).status != DefectStatus::Closed {
        return Ok(());
    }
    // Passes from before this was asked for: a further verdict closes it once the photos are there.
    if store::photos::missing_of_attempt(&command.work.tx, attempt.id).await? > 0 {
        return Ok(());
    }
    command.apply(step).await?;
    store::defects::close_attempt(&command.work.tx, attempt.id, AttemptStatus::Passed).await?;
    command.count_judgement(true, false, attempt.number);
    command.work.mark_changed(ObjectKind::RepairAttempt, attempt.id, Some(command.defect.unit_id));
    let data = json!({ "attemptId": attempt.id, "number": attempt.number, "passed": true, "byPolicy": true });
    command.finish(DefectCommand::Verify, None, data).await.map(drop)
}
