//! Relations of checklists.

use std::collections::{HashMap, HashSet};

use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::types::{Checklist, ChecklistItem, ChecklistVersion};
use crate::loaders::{BatchLoader, LoaderContext, by_key, grouped};
use crate::project::vocabulary::MeasurementRule;

/// Relations of checklists.
pub struct ChecklistLoaders {
    /// Checklists by id.
    pub checklists: BatchLoader<Uuid, Checklist>,
    /// Checklists of projects, by name.
    pub of_projects: BatchLoader<Uuid, Vec<Checklist>>,
    /// Versions by id.
    pub versions: BatchLoader<Uuid, ChecklistVersion>,
    /// Versions of checklists, oldest first.
    pub versions_of: BatchLoader<Uuid, Vec<ChecklistVersion>>,
    /// Items by id.
    pub items: BatchLoader<Uuid, ChecklistItem>,
    /// Items of versions.
    pub items_of: BatchLoader<Uuid, Vec<ChecklistItem>>,
    /// Measurement rules by (project, code).
    pub rules: BatchLoader<(Uuid, String), MeasurementRule>,
}

impl ChecklistLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            checklists: BatchLoader::new(context, queue, |s, ids| by_ids(s, ids).boxed()),
            of_projects: BatchLoader::new(context, queue, |s, ids| of_projects(s, ids).boxed()),
            versions: BatchLoader::new(context, queue, |s, ids| versions(s, ids).boxed()),
            versions_of: BatchLoader::new(context, queue, |s, ids| versions_of(s, ids).boxed()),
            items: BatchLoader::new(context, queue, |s, ids| items(s, ids).boxed()),
            items_of: BatchLoader::new(context, queue, |s, ids| items_of(s, ids).boxed()),
            rules: BatchLoader::new(context, queue, |s, keys| rules(s, keys).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn by_ids(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, Checklist> {
    Ok(by_key(store::checklists::by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn of_projects(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, Vec<Checklist>> {
    Ok(grouped(store::checklists::of_projects(s.app.db.read(), &s.scope, &ids).await?, |row| row.project_id))
}

async fn versions(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, ChecklistVersion> {
    Ok(by_key(store::checklists::versions_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn versions_of(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, Vec<ChecklistVersion>> {
    Ok(grouped(store::checklists::versions_of(s.app.db.read(), &ids).await?, |row| row.checklist_id))
}

async fn items(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, ChecklistItem> {
    Ok(by_key(store::checklists::items_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn items_of(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, Vec<ChecklistItem>> {
    Ok(grouped(store::checklists::items_of(s.app.db.read(), &ids).await?, |row| row.checklist_version_id))
}

async fn rules(s: LoaderContext, keys: Vec<(Uuid, String)>) -> Found<(Uuid, String), MeasurementRule> {
    let projects: HashSet<Uuid> = keys.iter().map(|(project, _)| *project).collect();
    let projects: Vec<Uuid> = projects.into_iter().collect();
    let rows = store::checklists::rules_of(s.app.db.read(), &s.scope, &projects).await?;
    Ok(by_key(rows, |row| (row.project_id, row.code.clone())))
}
