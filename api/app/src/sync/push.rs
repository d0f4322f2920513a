//! Push: runs operations one after the other, each once, however often it is sent.

use std::collections::{BTreeSet, HashMap};

use domain::id::{DeviceId, OperationId, ProjectId};
use domain::sync::SyncOutcome;
use domain::{Caller, Refusal, RefusalCode};

use super::former::Former;
use super::park::{is_seen_in_any_position, park};
use super::received::{Accepted, ReceivedOperation};
use super::{Answer, OperationRow, contact, device};
use crate::command::{Command, CommandResult, run};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::operation::{Operation, OperationContext, OperationOutcome, UNREADABLE};

/// The largest number of operations in one push; the client sends the others again.
pub const MOST: usize = 100;

/// Does the operations in their order, each in a transaction of its own, and answers each for itself. An operation with
/// an invalid id comes as a refusal and is answered by it.
///
/// # Errors
/// When the earlier answers cannot be read. Operations done until then stay done.
pub async fn push(
    ctx: Context<'_>,
    device_id: DeviceId,
    device_name: Option<&str>,
    operations: Vec<Result<ReceivedOperation, Refusal>>,
) -> Result<Vec<Answer>> {
    let (app, caller, now) = (ctx.app, ctx.caller, ctx.app.clock.now());
    let accept = |received: ReceivedOperation| received.accept(device_id, now);
    let operations: Vec<Result<Accepted, Refusal>> =
        operations.into_iter().map(|received| received.and_then(accept)).collect();
    let ids: Vec<OperationId> = operations.iter().flatten().map(|(operation, _)| operation.id).collect();
    let known = store::sync::operations_by_ids(app.db.read(), &ids).await?;
    let known: HashMap<OperationId, OperationRow> = known.into_iter().map(|row| (row.id, row)).collect();
    let last_contact = contact::last_contact(app, caller, device_id).await?;
    let former = Former::of(app.db.read(), caller.person_id).await?;
    let mut answers: Vec<Answer> = Vec::with_capacity(operations.len());
    for (n, accepted) in operations.into_iter().enumerate() {
        let answer = match accepted {
            // What follows an operation that could not be tried may need it: it would be refused for good.
            _ if n >= MOST || answers.last().is_some_and(Answer::is_to_be_sent_again) => Answer::try_again(),
            Err(refusal) => Answer::rejected(refusal),
            Ok((mut operation, command)) => {
                match known.get(&operation.id).filter(|row| !is_read_now(&operation, row)) {
                    Some(row) if !is_judged_anew(ctx, &operation, row).await? => {
                        repeated_answer(caller, &operation, row)?
                    }
                    before => {
                        operation.counted = before.is_some();
                        operation.last_contact = last_contact;
                        do_operation(ctx, &former, operation, &command).await
                    }
                }
            }
        };
        answers.push(answer);
    }
    let projects: BTreeSet<ProjectId> = answers.iter().filter_map(|answer| answer.project_id).collect();
    device::note_push(app, caller, device_id, device_name, &projects).await?;
    Ok(answers)
}

/// Whether an operation was refused because something was missing that may be there by now: then its old answer goes.
/// A submission that came before another tablet had synced is one, and so is a create beyond the quota of its day. What
/// the person does not see counts as missing still, whether it exists or not.
///
/// After a restored backup tablets offer their journals again, and the one with a comment may come before the one with
/// its defect.
async fn is_judged_anew(ctx: Context<'_>, operation: &Operation, row: &OperationRow) -> Result<bool> {
    const MISSING: [RefusalCode; 6] = [
        RefusalCode::NotFound,
        RefusalCode::PhotoUnusable,
        RefusalCode::DependencyFailed,
        RefusalCode::DevicesNotSynced,
        RefusalCode::PhotosMissing,
        RefusalCode::QuotaExceeded,
    ];
    let rejected = row.outcome == SyncOutcome::Rejected;
    if !rejected || row.person_id != ctx.caller.person_id || row.fingerprint != operation.fingerprint()? {
        return Ok(false);
    }
    let kept: OperationOutcome = serde_json::from_value(row.answer.clone())?;
    let missed = kept.refusals.iter().any(|refusal| MISSING.contains(&refusal.code));
    if !missed || !is_seen_in_any_position(ctx, operation).await? {
        return Ok(false);
    }
    // Should the server end here, the operation is unknown, and judged when it is sent again.
    ctx.app.db.write(async |tx| store::sync::delete_refusal(tx, operation.id).await).await?;
    Ok(true)
}

/// Runs one operation. Internal errors are logged. After a transient one the device sends the operation again with all
/// that follow; any other error would hold up the device's other work for ever, so only this operation is rejected.
async fn do_operation(
    ctx: Context<'_>,
    former: &Former,
    operation: Operation,
    command: &Result<Command, Refusal>,
) -> Answer {
    let id = operation.id;
    attempt(ctx, former, operation, command).await.unwrap_or_else(|error| {
        tracing::error!(error = error.chain(), operation = %id, "an operation failed");
        if error.passes_by_itself() { Answer::try_again() } else { Answer::rejected(RefusalCode::ServerFault.into()) }
    })
}

async fn attempt(
    ctx: Context<'_>,
    former: &Former,
    operation: Operation,
    command: &Result<Command, Refusal>,
) -> Result<Answer> {
    if former.author(ctx, &operation).await?.is_some() {
        return park(ctx, &operation, vec![RefusalCode::RoleNotAllowed.into()]).await;
    }
    let try_once = || async {
        let context = OperationContext::new(operation.clone(), None);
        let done = match command {
            Ok(command) => run(ctx.with_operation(&context), command.clone()).await.and_then(CommandResult::complete),
            Err(refusal) => Err(refusal.clone().into()),
        };
        match done {
            Ok(_) => Ok(context),
            Err(error) => Err((error, context)),
        }
    };
    let (error, context) = match store::db::retry(try_once, |(error, _)| error.is_transient()).await {
        Ok(context) => return answer_done(ctx, &context).await,
        Err(failed) => failed,
    };
    match error {
        Error::Repeated => stored_answer(ctx, &operation).await,
        // It was done, and something afterwards could not be answered: a link to the store, say.
        Error::Refused(_) if context.is_recorded() => answer_done(ctx, &context).await,
        Error::Refused(refusals) if is_passing(&refusals) => Ok(Answer::try_again()),
        Error::Refused(refusals) => park(ctx, &operation, refusals).await,
        error => Err(error),
    }
}

/// A refusal that has nothing to do with the operation: it may be done a little later.
fn is_passing(refusals: &[Refusal]) -> bool {
    refusals.iter().any(|refusal| matches!(refusal.code, RefusalCode::StoreUnavailable | RefusalCode::TryAgain))
}

/// The answer to a completed operation; one that changed nothing is recorded by itself.
async fn answer_done(ctx: Context<'_>, context: &OperationContext) -> Result<Answer> {
    if !context.is_recorded() {
        let mut work = ctx.with_operation(context).begin().await?;
        let subject = context.operation.target.subject;
        if let Some(place) = store::sync::find_place(&work.tx, subject).await? {
            work.act_in_project_if_member(ctx.caller, place.project_id);
            work.set_unit(place.unit_id);
        }
        match work.commit().await {
            Err(Error::Repeated) => return stored_answer(ctx, &context.operation).await,
            // The conflicting part cannot be kept: its quota is used up.
            Err(Error::Refused(refusals)) => return park(ctx, &context.operation, refusals).await,
            other => other?,
        }
    }
    let progress = context.progress();
    let (outcome, kept) = progress.outcome();
    Ok(Answer { outcome, object: context.operation.object(), kept, project_id: progress.project_id })
}

/// Whether the operation was unreadable when it came before.
fn is_read_now(operation: &Operation, before: &OperationRow) -> bool {
    before.command == UNREADABLE && operation.command != UNREADABLE
}

/// The answer that a concurrent request has stored.
pub(super) async fn stored_answer(ctx: Context<'_>, operation: &Operation) -> Result<Answer> {
    let rows = store::sync::operations_by_ids(ctx.app.db.read(), &[operation.id]).await?;
    let row = rows.first().ok_or_else(|| Error::internal("an operation is there and is not"))?;
    repeated_answer(ctx.caller, operation, row)
}

/// The answer to a repetition: the earlier answer, to the same person for the same operation.
pub(super) fn repeated_answer(caller: &Caller, operation: &Operation, row: &OperationRow) -> Result<Answer> {
    if row.person_id != caller.person_id || row.fingerprint != operation.fingerprint()? {
        return Ok(Answer::rejected(Refusal::at(RefusalCode::OperationIdReused, "operationId")));
    }
    let outcome = match row.outcome {
        SyncOutcome::Applied | SyncOutcome::AlreadyApplied | SyncOutcome::Merged => SyncOutcome::AlreadyApplied,
        kept @ (SyncOutcome::Conflict | SyncOutcome::Rejected) => kept,
    };
    Ok(Answer {
        outcome,
        object: operation.object().map(|_| (row.object_kind, row.object_id)),
        kept: serde_json::from_value(row.answer.clone())?,
        project_id: row.project_id,
    })
}
