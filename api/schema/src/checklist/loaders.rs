//! Relations of checklists.

use std::collections::{HashMap, HashSet};

use domain::id::{ChecklistId, ChecklistItemId, ChecklistVersionId, ProjectId};
use futures::FutureExt;
use transport::batch::BatchQueue;

use super::types::{Checklist, ChecklistItem, ChecklistVersion};
use crate::loaders::{BatchLoader, LoaderContext, by_key, grouped};
use crate::project::vocabulary::MeasurementRule;

/// Relations of checklists.
pub struct ChecklistLoaders {
    /// Checklists by id.
    pub checklists: BatchLoader<ChecklistId, Checklist>,
    /// Checklists of projects, by name.
    pub of_projects: BatchLoader<ProjectId, Vec<Checklist>>,
    /// Versions by id.
    pub versions: BatchLoader<ChecklistVersionId, ChecklistVersion>,
    /// Versions of checklists, oldest first.
    pub versions_of: BatchLoader<ChecklistId, Vec<ChecklistVersion>>,
    /// Items by id.
    pub items: BatchLoader<ChecklistItemId, ChecklistItem>,
    /// Items of versions.
    pub items_of: BatchLoader<ChecklistVersionId, Vec<ChecklistItem>>,
    /// Measurement rules by (project, code).
    pub rules: BatchLoader<(ProjectId, String), MeasurementRule>,
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

async fn by_ids(s: LoaderContext, ids: Vec<ChecklistId>) -> Found<ChecklistId, Checklist> {
    Ok(by_key(store::checklists::by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn of_projects(s: LoaderContext, ids: Vec<ProjectId>) -> Found<ProjectId, Vec<Checklist>> {
    Ok(grouped(store::checklists::of_projects(s.app.db.read(), &s.scope, &ids).await?, |row| row.project_id))
}

async fn versions(s: LoaderContext, ids: Vec<ChecklistVersionId>) -> Found<ChecklistVersionId, ChecklistVersion> {
    Ok(by_key(store::checklists::versions_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn versions_of(s: LoaderContext, ids: Vec<ChecklistId>) -> Found<ChecklistId, Vec<ChecklistVersion>> {
    Ok(grouped(store::checklists::versions_of(s.app.db.read(), &ids).await?, |row| row.checklist_id))
}

async fn items(s: LoaderContext, ids: Vec<ChecklistItemId>) -> Found<ChecklistItemId, ChecklistItem> {
    Ok(by_key(store::checklists::items_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn items_of(s: LoaderContext, ids: Vec<ChecklistVersionId>) -> Found<ChecklistVersionId, Vec<ChecklistItem>> {
    Ok(grouped(store::checklists::items_of(s.app.db.read(), &ids).await?, |row| row.checklist_version_id))
}

async fn rules(s: LoaderContext, keys: Vec<(ProjectId, String)>) -> Found<(ProjectId, String), MeasurementRule> {
    let projects: HashSet<ProjectId> = keys.iter().map(|(project, _)| *project).collect();
    let projects: Vec<ProjectId> = projects.into_iter().collect();
    let rows = store::checklists::rules_of(s.app.db.read(), &s.scope, &projects).await?;
    Ok(by_key(rows, |row| (row.project_id, row.code.clone())))
}
