//! Reading the own inbox, and noting what was read.

use domain::Caller;
use domain::id::InboxEntryId;
use domain::object_kind::ObjectKind;
use store::boxed;
use store::entity::inbox_entries::Model;
use store::inbox::InboxFilter;
use store::page::{Page, PageRequest};

use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};

/// A page of the caller's inbox, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(app: &App, caller: &Caller, filter: InboxFilter, request: &PageRequest) -> Result<Page<Model>> {
    Ok(store::inbox::page(app.db.read(), &caller.visibility(), filter, request).await?)
}

/// How many entries the caller has not read.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unread_count(app: &App, caller: &Caller) -> Result<u64> {
    Ok(store::inbox::unread_count(app.db.read(), &caller.visibility()).await?)
}

/// Notes that the caller has read entries; what was read before stays as it was. All of them or none.
///
/// # Errors
/// `NOT_FOUND` for an entry that is not in the caller's inbox, or an internal error.
#[boxed]
pub async fn mark_read(app: &App, caller: &Caller, ids: &[InboxEntryId]) -> Result<Vec<Model>> {
    let mut work = Context::new(app, caller).begin().await?;
    let scope = caller.visibility();
    let rows = store::inbox::by_ids(&work.tx, &scope, ids).await?;
    if let Some(place) = ids.iter().position(|id| rows.iter().all(|row| row.id != *id)) {
        return Err(Error::not_found(&format!("entryIds.{place}")));
    }
    let unread: Vec<&Model> = rows.iter().filter(|row| row.read_at.is_none()).collect();
    if unread.is_empty() {
        return Ok(rows);
    }
    let unread_ids: Vec<InboxEntryId> = unread.iter().map(|row| row.id).collect();
    store::inbox::mark_read(&work.tx, &unread_ids, work.now).await?;
    for row in unread {
        work.mark_changed_in(row.project_id, ObjectKind::InboxEntry, row.id.uuid());
    }
    let read = store::inbox::by_ids(&work.tx, &scope, ids).await?;
    work.commit().await?;
    Ok(read)
}
