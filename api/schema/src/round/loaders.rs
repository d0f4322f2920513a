//! Relations of rounds.

use std::collections::HashMap;

use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::types::{InspectionCount, Round};
use crate::loaders::{Relation, Scope, by_key};

/// Relations of rounds.
pub struct RoundLoaders {
    /// Rounds by id.
    pub rounds: Relation<Uuid, Round>,
    /// How many unit inspections of a round have each status.
    pub counts: Relation<Uuid, Vec<InspectionCount>>,
    /// How many units are in a round's scope.
    pub sizes: Relation<Uuid, i64>,
}

impl RoundLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            rounds: Relation::new(scope, queue, |s, ids| by_ids(s, ids).boxed()),
            counts: Relation::new(scope, queue, |s, ids| counts(s, ids).boxed()),
            sizes: Relation::new(scope, queue, |s, ids| sizes(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn by_ids(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Round> {
    Ok(by_key(store::rounds::by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn counts(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Vec<InspectionCount>> {
    let mut found: HashMap<Uuid, Vec<InspectionCount>> = HashMap::new();
    for (round_id, status, count) in store::inspections::counts_of(s.app.db.read(), &s.sight, &ids).await? {
        found.entry(round_id).or_default().push(InspectionCount { status: status.parse()?, count });
    }
    for counts in found.values_mut() {
        counts.sort_unstable_by_key(|count| count.status);
    }
    Ok(found)
}

async fn sizes(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, i64> {
    Ok(store::rounds::scope_sizes(s.app.db.read(), &ids).await?.into_iter().collect())
}
