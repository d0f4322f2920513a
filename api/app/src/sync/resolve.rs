//! Resolve a pending edit: apply it as its author, or dismiss it.

use domain::access::Action;
use domain::id::PendingEditId;
use domain::sync::PendingEditState;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Caller, Refusal, RefusalCode, Timestamp};

use super::PendingEditRow;
use crate::App;
use crate::command::{Command, CommandResult, run};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::operation::{Operation, OperationContext, OriginalActor, PendingEditResolution};

/// Whether the caller may resolve the edit, and why not.
///
/// # Errors
/// The refusal.
pub fn permit_resolution(caller: &Caller, edit: &PendingEditRow) -> Result<(), Refusal> {
    let actor = caller.actor_in(edit.project_id);
    if !actor.is_some_and(|actor| Action::SettleEdits.allows(actor.role())) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    if edit.state != PendingEditState::Pending {
        return Err(Refusal::new(RefusalCode::AlreadySettled).with("state", edit.state));
    }
    Ok(())
}

/// A pending edit that the caller may see and resolve.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED`, `ALREADY_SETTLED`, or an internal error.
pub async fn find_pending_edit(ctx: Context<'_>, edit_id: PendingEditId) -> Result<PendingEditRow> {
    let mut found = store::sync::pending_by_ids(ctx.app.db.read(), &ctx.caller.visibility(), &[edit_id]).await?;
    let edit = found.pop().ok_or_else(|| Error::not_found("pendingEditId"))?;
    permit_resolution(ctx.caller, &edit)?;
    Ok(edit)
}

/// Applies the edit over the present state, with the rights that its author had.
///
/// # Errors
/// The refusal of the command itself: then the edit still waits.
pub async fn apply_pending_edit(ctx: Context<'_>, edit: &PendingEditRow, note: Option<&str>) -> Result<PendingEditRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let command = command_of(edit, ctx.app.clock.now())?;
    let author = author(ctx.app, edit).await?;
    let operation = Operation {
        id: edit.id.uuid().into(),
        device_id: edit.device_id,
        occurred_at: edit.occurred_at.map(Timestamp),
        base_version: None,
        command: command.name(),
        input: edit.input.clone(),
        target: command.target(),
        time_doubted: false,
        last_contact: None,
        counted: true,
    };
    let resolution = PendingEditResolution { edit_id: edit.id, person_id: ctx.caller.person_id, note };
    let operation = OperationContext::new(operation, Some(resolution));
    let by_author = Context::new(ctx.app, &author).with_operation(&operation);
    match run(by_author, command).await.and_then(CommandResult::complete) {
        // It was done, and something afterwards could not be answered: a link to the store, say.
        Err(Error::Refused(_)) if operation.is_recorded() => {}
        other => drop(other?),
    }
    if !operation.is_recorded() {
        // It changed nothing: it is as the author wanted it already.
        let mut work = by_author.begin().await?;
        work.act_as_system(edit.project_id);
        work.commit().await?;
    }
    current(ctx, edit.id).await
}

/// The command of an edit, read from its stored input. Its time of occurrence is that of its operation.
fn command_of(edit: &PendingEditRow, now: Timestamp) -> Result<Command> {
    let mut command = Command::from_stored(&edit.command, &edit.input).map_err(Error::internal)?;
    let said = edit.occurred_at.map(Timestamp).or_else(|| command.occurred_at());
    command.set_occurred_at(said.map(|moment| moment.min(now)));
    Ok(command)
}

/// Dismisses an edit; its author reads the note.
///
/// # Errors
/// `TEXT_REQUIRED`, `ALREADY_SETTLED`, or an internal error.
pub async fn dismiss_pending_edit(ctx: Context<'_>, edit: &PendingEditRow, note: &str) -> Result<PendingEditRow> {
    let note = required(note, NOTE_LIMIT, "note")?;
    let mut work = ctx.begin().await?;
    work.act_in_project(ctx.caller, edit.project_id)?;
    let resolution = PendingEditResolution { edit_id: edit.id, person_id: ctx.caller.person_id, note: Some(note) };
    let event = work.operation_log().resolve(&resolution, PendingEditState::Dismissed).await?;
    work.add_event(event);
    work.commit().await?;
    current(ctx, edit.id).await
}

async fn current(ctx: Context<'_>, id: PendingEditId) -> Result<PendingEditRow> {
    let mut found = store::sync::pending_by_ids(ctx.app.db.read(), &ctx.caller.visibility(), &[id]).await?;
    found.pop().ok_or_else(|| Error::not_found("pendingEditId"))
}

/// The author, with the role of then in this project.
async fn author(app: &App, edit: &PendingEditRow) -> Result<Caller> {
    let found = crate::session::authenticate::load(app, edit.person_id, None).await?;
    let person = found.ok_or_else(|| Error::internal("an edit of nobody"))?;
    Ok(OriginalActor::of_edit(edit).as_caller(person))
}
