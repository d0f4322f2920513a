//! Reading projects: lists of what belongs to one, as the caller may see it.

use domain::Caller;
use domain::id::ProjectId;
use store::boxed;
use store::entity::{events, memberships, projects};
use store::page::{Page, PageRequest};

use crate::App;
use crate::error::Result;

/// A page of the caller's projects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn projects(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<projects::Model>> {
    Ok(store::projects::page(app.db.read(), &caller.visibility(), request).await?)
}

/// A project that the caller has just imported: an administrator sees it without a role in it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn imported(app: &App, caller: &Caller, id: ProjectId) -> Result<Option<projects::Model>> {
    if caller.administrator {
        return Ok(store::projects::find(app.db.read(), id).await?);
    }
    find_project(app, caller, id).await
}

/// One project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_project(app: &App, caller: &Caller, id: ProjectId) -> Result<Option<projects::Model>> {
    Ok(store::projects::by_ids(app.db.read(), &caller.visibility(), &[id]).await?.pop())
}

/// A page of a project's people, for its staff.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn members(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    request: &PageRequest,
) -> Result<Page<memberships::Model>> {
    Ok(store::projects::members(app.db.read(), &caller.visibility(), project_id, request).await?)
}

/// A page of a project's events, newest first, for its staff.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn events(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    request: &PageRequest,
) -> Result<Page<events::Model>> {
    Ok(store::events::page(app.db.read(), &caller.visibility(), project_id, request).await?)
}
