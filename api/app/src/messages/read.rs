//! Messages as those read them who look after them: administrators all, delivery managers and customer relations those
//! of their projects. Nobody reads the texts, nor a whole address.

use domain::Caller;
use domain::access::Action;
use domain::id::{MessageAttemptId, ProjectId};
use store::boxed;
use store::entity::message_attempts::Model;
use store::messages::{AttemptFilter, AttemptScope};
use store::page::{Page, PageRequest};

use crate::App;
use crate::error::Result;

/// A page of messages, the newest first; none for a caller who looks after the messages of no project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &AttemptFilter,
    page: &PageRequest,
) -> Result<Option<Page<Model>>> {
    let scope = if caller.administrator { AttemptScope::All } else { AttemptScope::Projects(projects(caller)) };
    if scope == AttemptScope::Projects(Vec::new()) {
        return Ok(None);
    }
    Ok(Some(store::messages::list(app.db.read(), &scope, filter, page).await?))
}

/// The newest messages that were sent to people of the demo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn sent_to_demo(app: &App, most: u64) -> Result<Vec<MessageAttemptId>> {
    Ok(store::messages::sent_to_demo(app.db.read(), most).await?)
}

/// The projects whose messages the caller looks after.
fn projects(caller: &Caller) -> Vec<ProjectId> {
    let allowed = caller.memberships.iter().filter(|membership| Action::SeeMessages.allows(membership.role));
    allowed.map(|membership| membership.project_id).collect()
}

/// Whether the caller looks after a message.
pub(super) fn is_visible(caller: &Caller, row: &Model) -> bool {
    caller.administrator || row.project_id.is_some_and(|project_id| projects(caller).contains(&project_id))
}
