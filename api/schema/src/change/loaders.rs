//! What hangs on defects and units, by its own id, as the viewer may see it.

use std::collections::HashMap;

use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use crate::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use crate::loaders::{BatchLoader, LoaderContext, by_key};
use crate::unit::types::UnitReview;

/// Records by id.
pub struct ChangeLoaders {
    /// Repair attempts.
    pub attempts: BatchLoader<Uuid, RepairAttempt>,
    /// Verdicts.
    pub verdicts: BatchLoader<Uuid, Verdict>,
    /// Disputes.
    pub disputes: BatchLoader<Uuid, Dispute>,
    /// Comments.
    pub comments: BatchLoader<Uuid, Comment>,
    /// Reviews.
    pub reviews: BatchLoader<Uuid, UnitReview>,
}

impl ChangeLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            attempts: BatchLoader::new(context, queue, |s, ids| attempts(s, ids).boxed()),
            verdicts: BatchLoader::new(context, queue, |s, ids| verdicts(s, ids).boxed()),
            disputes: BatchLoader::new(context, queue, |s, ids| disputes(s, ids).boxed()),
            comments: BatchLoader::new(context, queue, |s, ids| comments(s, ids).boxed()),
            reviews: BatchLoader::new(context, queue, |s, ids| reviews(s, ids).boxed()),
        }
    }
}

type Found<V> = app::Result<HashMap<Uuid, V>>;

async fn attempts(s: LoaderContext, ids: Vec<Uuid>) -> Found<RepairAttempt> {
    Ok(by_key(store::defects::attempts_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn verdicts(s: LoaderContext, ids: Vec<Uuid>) -> Found<Verdict> {
    Ok(by_key(store::defects::verdicts_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn disputes(s: LoaderContext, ids: Vec<Uuid>) -> Found<Dispute> {
    Ok(by_key(store::defects::disputes_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn comments(s: LoaderContext, ids: Vec<Uuid>) -> Found<Comment> {
    Ok(by_key(store::defects::comments_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn reviews(s: LoaderContext, ids: Vec<Uuid>) -> Found<UnitReview> {
    Ok(by_key(store::units::reviews_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}
