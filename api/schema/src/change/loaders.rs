//! What hangs on defects and units, by its own id, as the viewer may see it.

use std::collections::HashMap;

use domain::id::{AttemptId, CommentId, DisputeId, ReviewId, VerdictId};
use futures::FutureExt;
use transport::batch::BatchQueue;

use crate::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use crate::loaders::{BatchLoader, LoaderContext, by_key};
use crate::unit::types::UnitReview;

/// Records by id.
pub struct ChangeLoaders {
    /// Repair attempts.
    pub attempts: BatchLoader<AttemptId, RepairAttempt>,
    /// Verdicts.
    pub verdicts: BatchLoader<VerdictId, Verdict>,
    /// Disputes.
    pub disputes: BatchLoader<DisputeId, Dispute>,
    /// Comments.
    pub comments: BatchLoader<CommentId, Comment>,
    /// Reviews.
    pub reviews: BatchLoader<ReviewId, UnitReview>,
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

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn attempts(s: LoaderContext, ids: Vec<AttemptId>) -> Found<AttemptId, RepairAttempt> {
    Ok(by_key(store::defects::attempts_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn verdicts(s: LoaderContext, ids: Vec<VerdictId>) -> Found<VerdictId, Verdict> {
    Ok(by_key(store::defects::verdicts_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn disputes(s: LoaderContext, ids: Vec<DisputeId>) -> Found<DisputeId, Dispute> {
    Ok(by_key(store::defects::disputes_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn comments(s: LoaderContext, ids: Vec<CommentId>) -> Found<CommentId, Comment> {
    Ok(by_key(store::defects::comments_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn reviews(s: LoaderContext, ids: Vec<ReviewId>) -> Found<ReviewId, UnitReview> {
    Ok(by_key(store::units::reviews_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}
