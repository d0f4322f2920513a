//! Relations of rounds.

use std::collections::HashMap;

use domain::id::RoundId;
use futures::FutureExt;
use transport::batch::BatchQueue;

use super::types::{InspectionCount, Round};
use crate::loaders::{BatchLoader, LoaderContext, by_key};

/// Relations of rounds.
pub struct RoundLoaders {
    /// Rounds by id.
    pub rounds: BatchLoader<RoundId, Round>,
    /// How many unit inspections of a round have each status.
    pub counts: BatchLoader<RoundId, Vec<InspectionCount>>,
    /// How many units are in a round's scope.
    pub sizes: BatchLoader<RoundId, i64>,
}

impl RoundLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            rounds: BatchLoader::new(context, queue, |s, ids| by_ids(s, ids).boxed()),
            counts: BatchLoader::new(context, queue, |s, ids| counts(s, ids).boxed()),
            sizes: BatchLoader::new(context, queue, |s, ids| sizes(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn by_ids(s: LoaderContext, ids: Vec<RoundId>) -> Found<RoundId, Round> {
    Ok(by_key(store::rounds::by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn counts(s: LoaderContext, ids: Vec<RoundId>) -> Found<RoundId, Vec<InspectionCount>> {
    let mut found: HashMap<RoundId, Vec<InspectionCount>> = HashMap::new();
    for (round_id, status, count) in store::inspections::counts_of(s.app.db.read(), &s.scope, &ids).await? {
        found.entry(round_id).or_default().push(InspectionCount { status, count });
    }
    for counts in found.values_mut() {
        counts.sort_unstable_by_key(|count| count.status);
    }
    Ok(found)
}

async fn sizes(s: LoaderContext, ids: Vec<RoundId>) -> Found<RoundId, i64> {
    Ok(store::rounds::scope_sizes(s.app.db.read(), &ids).await?.into_iter().collect())
}
