//! Relations of units that are about their readiness and their owners.

use std::collections::HashMap;
use std::sync::Arc;

use app::unit::{read, readiness};
use futures::FutureExt;
use uuid::Uuid;

use super::types::{AllowedUnitCommand, UnitReview};
use crate::graphql::loaders::{Relation, Scope, grouped};
use crate::graphql::loading::BatchQueue;

/// Relations of units.
pub struct UnitLoaders {
    /// Readiness of units.
    pub readiness: Relation<Uuid, Arc<domain::unit::readiness::Readiness>>,
    /// Reviews of units.
    pub reviews: Relation<Uuid, Vec<UnitReview>>,
    /// Commands on units.
    pub allowed: Relation<Uuid, Vec<AllowedUnitCommand>>,
}

impl UnitLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            readiness: Relation::new(scope, queue, |s, ids| ready(s, ids).boxed()),
            reviews: Relation::new(scope, queue, |s, ids| reviews(s, ids).boxed()),
            allowed: Relation::new(scope, queue, |s, ids| allowed(s, ids).boxed()),
        }
    }
}

type Found<V> = app::Result<HashMap<Uuid, V>>;

async fn ready(s: Scope, ids: Vec<Uuid>) -> Found<Arc<domain::unit::readiness::Readiness>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let found = readiness::of_units(&s.app, caller, &ids).await?;
    Ok(found.into_iter().map(|(id, readiness)| (id, Arc::new(readiness))).collect())
}

async fn reviews(s: Scope, ids: Vec<Uuid>) -> Found<Vec<UnitReview>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    Ok(grouped(read::reviews(&s.app, caller, &ids).await?, |row| row.unit_id))
}

async fn allowed(s: Scope, ids: Vec<Uuid>) -> Found<Vec<AllowedUnitCommand>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let told = |command: domain::unit::Allowed| AllowedUnitCommand {
        name: command.command,
        allowed: command.refusal.is_none(),
        reason: command.refusal.map(|refusal| refusal.message(caller.language)),
    };
    let answers = read::allowed(&s.app, caller, &ids).await?;
    Ok(answers.into_iter().map(|(id, commands)| (id, commands.into_iter().map(told).collect())).collect())
}
