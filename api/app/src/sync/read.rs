//! Reading edits that wait, and the own operations.

use domain::Caller;
use domain::id::{DeviceId, ProjectId};
use domain::sync::{PendingEditState, SyncOutcome};
use store::boxed;
use store::page::{Page, PageRequest};
use store::sync::OperationFilter;

use super::{OperationRow, PendingEditRow};
use crate::App;
use crate::error::Result;

/// A page of the edits of a project that the caller made or may resolve.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pending(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    states: &[PendingEditState],
    request: &PageRequest,
) -> Result<Page<PendingEditRow>> {
    Ok(store::sync::pending_page(app.db.read(), &caller.visibility(), project_id, states, request).await?)
}

/// A page of the caller's own operations, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn operations(
    app: &App,
    caller: &Caller,
    outcomes: &[SyncOutcome],
    device_id: Option<DeviceId>,
    request: &PageRequest,
) -> Result<Page<OperationRow>> {
    let filter = OperationFilter { outcomes: outcomes.to_vec(), device_id };
    Ok(store::sync::operations_page(app.db.read(), &caller.visibility(), &filter, request).await?)
}
