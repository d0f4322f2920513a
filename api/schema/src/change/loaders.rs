//! What hangs on defects and units, by its own id, as the viewer may see it.

use std::collections::HashMap;

use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use crate::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use crate::loaders::{Relation, Scope, by_key};
use crate::unit::types::UnitReview;

/// Records by id.
pub struct ChangeLoaders {
    /// Repair attempts.
    pub attempts: Relation<Uuid, RepairAttempt>,
    /// Verdicts.
    pub verdicts: Relation<Uuid, Verdict>,
    /// Disputes.
    pub disputes: Relation<Uuid, Dispute>,
    /// Comments.
    pub comments: Relation<Uuid, Comment>,
    /// Reviews.
    pub reviews: Relation<Uuid, UnitReview>,
}

impl ChangeLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            attempts: Relation::new(scope, queue, |s, ids| attempts(s, ids).boxed()),
            verdicts: Relation::new(scope, queue, |s, ids| verdicts(s, ids).boxed()),
            disputes: Relation::new(scope, queue, |s, ids| disputes(s, ids).boxed()),
            comments: Relation::new(scope, queue, |s, ids| comments(s, ids).boxed()),
            reviews: Relation::new(scope, queue, |s, ids| reviews(s, ids).boxed()),
        }
    }
}

type Found<V> = app::Result<HashMap<Uuid, V>>;

async fn attempts(s: Scope, ids: Vec<Uuid>) -> Found<RepairAttempt> {
    Ok(by_key(store::defects::attempts_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn verdicts(s: Scope, ids: Vec<Uuid>) -> Found<Verdict> {
    Ok(by_key(store::defects::verdicts_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn disputes(s: Scope, ids: Vec<Uuid>) -> Found<Dispute> {
    Ok(by_key(store::defects::disputes_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn comments(s: Scope, ids: Vec<Uuid>) -> Found<Comment> {
    Ok(by_key(store::defects::comments_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn reviews(s: Scope, ids: Vec<Uuid>) -> Found<UnitReview> {
    Ok(by_key(store::units::reviews_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}
