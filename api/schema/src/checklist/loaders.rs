//! Relations of checklists.

use std::collections::{HashMap, HashSet};

use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::types::{Checklist, ChecklistItem, ChecklistVersion};
use crate::loaders::{Relation, Scope, by_key, grouped};
use crate::project::vocabulary::MeasurementRule;

/// Relations of checklists.
pub struct ChecklistLoaders {
    /// Checklists by id.
    pub checklists: Relation<Uuid, Checklist>,
    /// Checklists of projects, by name.
    pub of_projects: Relation<Uuid, Vec<Checklist>>,
    /// Versions by id.
    pub versions: Relation<Uuid, ChecklistVersion>,
    /// Versions of checklists, oldest first.
    pub versions_of: Relation<Uuid, Vec<ChecklistVersion>>,
    /// Items by id.
    pub items: Relation<Uuid, ChecklistItem>,
    /// Items of versions.
    pub items_of: Relation<Uuid, Vec<ChecklistItem>>,
    /// Measurement rules by (project, code).
    pub rules: Relation<(Uuid, String), MeasurementRule>,
}

impl ChecklistLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            checklists: Relation::new(scope, queue, |s, ids| by_ids(s, ids).boxed()),
            of_projects: Relation::new(scope, queue, |s, ids| of_projects(s, ids).boxed()),
            versions: Relation::new(scope, queue, |s, ids| versions(s, ids).boxed()),
            versions_of: Relation::new(scope, queue, |s, ids| versions_of(s, ids).boxed()),
            items: Relation::new(scope, queue, |s, ids| items(s, ids).boxed()),
            items_of: Relation::new(scope, queue, |s, ids| items_of(s, ids).boxed()),
            rules: Relation::new(scope, queue, |s, keys| rules(s, keys).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn by_ids(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Checklist> {
    Ok(by_key(store::checklists::by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn of_projects(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Vec<Checklist>> {
    Ok(grouped(store::checklists::of_projects(s.app.db.read(), &s.sight, &ids).await?, |row| row.project_id))
}

async fn versions(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, ChecklistVersion> {
    Ok(by_key(store::checklists::versions_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn versions_of(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Vec<ChecklistVersion>> {
    Ok(grouped(store::checklists::versions_of(s.app.db.read(), &ids).await?, |row| row.checklist_id))
}

async fn items(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, ChecklistItem> {
    Ok(by_key(store::checklists::items_by_ids(s.app.db.read(), &s.sight, &ids).await?, |row| row.id))
}

async fn items_of(s: Scope, ids: Vec<Uuid>) -> Found<Uuid, Vec<ChecklistItem>> {
    Ok(grouped(store::checklists::items_of(s.app.db.read(), &ids).await?, |row| row.checklist_version_id))
}

async fn rules(s: Scope, keys: Vec<(Uuid, String)>) -> Found<(Uuid, String), MeasurementRule> {
    let projects: HashSet<Uuid> = keys.iter().map(|(project, _)| *project).collect();
    let projects: Vec<Uuid> = projects.into_iter().collect();
    let rows = store::checklists::rules_of(s.app.db.read(), &s.sight, &projects).await?;
    Ok(by_key(rows, |row| (row.project_id, row.code.clone())))
}
