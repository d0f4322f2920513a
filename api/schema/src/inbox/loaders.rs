//! Entries of the inbox by their ids, as the viewer may see them.

use std::collections::HashMap;

use domain::id::InboxEntryId;
use futures::FutureExt;
use transport::batch::BatchQueue;

use super::types::InboxEntry;
use crate::loaders::{BatchLoader, LoaderContext, by_key};

/// Relations of inboxes.
pub struct InboxLoaders {
    /// Entries.
    pub entries: BatchLoader<InboxEntryId, InboxEntry>,
}

impl InboxLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self { entries: BatchLoader::new(context, queue, |s, ids| entries(s, ids).boxed()) }
    }
}

async fn entries(s: LoaderContext, ids: Vec<InboxEntryId>) -> app::Result<HashMap<InboxEntryId, InboxEntry>> {
    Ok(by_key(store::inbox::by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}
