//! Relations of projects and places.

use futures::FutureExt;
use uuid::Uuid;

use super::types::{Company, Person, Project, Room, Unit};
use crate::graphql::loaders::{Relation, Scope, by_key};
use crate::graphql::loading::BatchQueue;

/// Relations of projects and places.
pub struct ProjectLoaders {
    /// Projects by id.
    pub projects: Relation<Uuid, Project>,
    /// Companies by id.
    pub companies: Relation<Uuid, Company>,
    /// People by id, as staff see them.
    pub people: Relation<Uuid, Person>,
    /// Units by id.
    pub units: Relation<Uuid, Unit>,
    /// Rooms by id.
    pub rooms: Relation<Uuid, Room>,
}

impl ProjectLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            projects: Relation::new(scope, queue, |scope, ids| {
                async move {
                    let rows = store::projects::by_ids(scope.app.db.read(), &scope.sight, &ids).await?;
                    Ok(by_key(rows, |row| row.id))
                }
                .boxed()
            }),
            companies: Relation::new(scope, queue, |scope, ids| {
                async move {
                    let rows = store::projects::companies_by_ids(scope.app.db.read(), &scope.sight, &ids).await?;
                    Ok(by_key(rows, |row| row.id))
                }
                .boxed()
            }),
            people: Relation::new(scope, queue, |scope, ids| {
                async move {
                    let rows = store::projects::people_by_ids(scope.app.db.read(), &scope.sight, &ids).await?;
                    Ok(by_key(rows, |row| row.id))
                }
                .boxed()
            }),
            units: Relation::new(scope, queue, |scope, ids| {
                async move {
                    let rows = store::units::by_ids(scope.app.db.read(), &scope.sight, &ids).await?;
                    Ok(by_key(rows, |row| row.id))
                }
                .boxed()
            }),
            rooms: Relation::new(scope, queue, |scope, ids| {
                async move {
                    let rows = store::units::rooms_by_ids(scope.app.db.read(), &scope.sight, &ids).await?;
                    Ok(by_key(rows, |row| row.id))
                }
                .boxed()
            }),
        }
    }
}
