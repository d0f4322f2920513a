//! Settle an edit that waits: have it done after all, as whoever did it then, or decide against it.

use domain::access::Action;
use domain::sync::PendingEditState;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Caller, Home, Membership, Refusal, RefusalCode, Role, Timestamp};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::PendingEditRow;
use super::operation::{Operation, Target};
use super::pushed::{Pushed, Settling};
use crate::App;
use crate::error::{Error, Result};

/// The command of an edit, made readable again: its name and what it is about.
pub type Command<'a> = (&'static str, Target, Box<dyn Fn(App, Caller) -> BoxFuture<'a, Result<()>> + Send + Sync + 'a>);

/// Whether the caller may settle the edit, and why not.
///
/// # Errors
/// The refusal.
pub fn permit(caller: &Caller, edit: &PendingEditRow) -> Result<(), Refusal> {
    let actor = caller.actor_in(edit.project_id);
    if !actor.is_some_and(|actor| Action::SettleEdits.allows(actor.role())) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    if edit.state != PendingEditState::Pending.as_str() {
        return Err(Refusal::new(RefusalCode::AlreadySettled).with("state", &edit.state));
    }
    Ok(())
}

/// An edit that the caller sees and may settle.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED`, `ALREADY_SETTLED`, or a fault of ours.
pub async fn find(app: &App, caller: &Caller, edit_id: Uuid) -> Result<PendingEditRow> {
    let mut found = store::sync::pending_by_ids(app.db.read(), &caller.sight(), &[edit_id]).await?;
    let edit = found.pop().ok_or_else(|| Error::not_found("pendingEditId"))?;
    permit(caller, &edit)?;
    Ok(edit)
}

/// Has the edit done as it was meant, over what stands now, with the rights that its author had.
///
/// # Errors
/// The refusal of the command itself: then the edit still waits.
pub async fn apply<'a>(
    app: &App,
    caller: &Caller,
    edit: &PendingEditRow,
    note: Option<&str>,
    (command, target, run): Command<'a>,
) -> Result<PendingEditRow> {
    let note = optional(note, NOTE_LIMIT, "note")?;
    let author = author(app, edit).await?;
    let operation = Operation {
        id: edit.id,
        device_id: edit.device_id,
        occurred_at: edit.occurred_at.map(Timestamp),
        base_version: None,
        command,
        input: edit.input.clone(),
        target,
        time_doubted: false,
        last_contact: None,
        counted: true,
    };
    let settling = Settling { edit_id: edit.id, person_id: caller.person_id, note };
    let pushed = Pushed::new(operation, Some(settling));
    let at_work = App { pushed: Some(pushed.clone()), ..app.clone() };
    run(at_work.clone(), author.clone()).await?;
    if !pushed.progress().recorded {
        // It changed nothing: it is as the author wanted it already.
        let mut work = at_work.begin(&author).await?;
        work.enter_as_operator(edit.project_id);
        work.commit().await?;
    }
    current(app, caller, edit.id).await
}

/// Decides against an edit; its author reads why.
///
/// # Errors
/// `TEXT_REQUIRED`, `ALREADY_SETTLED`, or a fault of ours.
pub async fn dismiss(app: &App, caller: &Caller, edit: &PendingEditRow, note: &str) -> Result<PendingEditRow> {
    let note = required(note, NOTE_LIMIT, "note")?;
    let mut work = app.begin(caller).await?;
    work.enter(caller, edit.project_id)?;
    let settling = Settling { edit_id: edit.id, person_id: caller.person_id, note: Some(note) };
    work.record_settled(&settling, PendingEditState::Dismissed).await?;
    work.commit().await?;
    current(app, caller, edit.id).await
}

async fn current(app: &App, caller: &Caller, id: Uuid) -> Result<PendingEditRow> {
    let mut found = store::sync::pending_by_ids(app.db.read(), &caller.sight(), &[id]).await?;
    found.pop().ok_or_else(|| Error::not_found("pendingEditId"))
}

/// The author with the standing of then in this project.
async fn author(app: &App, edit: &PendingEditRow) -> Result<Caller> {
    let found = crate::session::authenticate::load(app, edit.person_id, None).await?;
    let mut author = found.ok_or_else(|| Error::internal("an edit of nobody"))?;
    let role: Role = edit.role.parse()?;
    author.memberships.retain(|membership| membership.project_id != edit.project_id);
    match (edit.company_id, edit.unit_id) {
        (Some(company_id), _) => {
            author.memberships.push(Membership { project_id: edit.project_id, company_id, role, since: None });
        }
        (None, Some(unit_id)) if !author.homes.iter().any(|home| home.unit_id == unit_id) => {
            author.homes.push(Home { project_id: edit.project_id, unit_id });
        }
        (None, _) => {}
    }
    Ok(author)
}
