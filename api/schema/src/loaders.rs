//! The loaders of one request: relations of many rows by one statement a level.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;

use app::App;
use domain::id::Id;
use domain::{Caller, Timestamp, VisibilityScope};
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use store::columns::Columns;
use transport::batch::{BatchQueue, Loaded, Loader};
use transport::budget::Budget;

use super::change::loaders::ChangeLoaders;
use super::checklist::loaders::ChecklistLoaders;
use super::defect::loaders::DefectLoaders;
use super::error::{ApiError, ApiResult};
use super::inbox::loaders::InboxLoaders;
use super::inspection::loaders::InspectionLoaders;
use super::photo::loaders::PhotoLoaders;
use super::project::loaders::ProjectLoaders;
use super::round::loaders::RoundLoaders;
use super::sync::loaders::SyncLoaders;
use super::unit::loaders::UnitLoaders;

/// The data that a batch needs. Each loader of a request has a clone.
#[derive(Clone)]
pub struct LoaderContext(Arc<LoaderData>);

impl Deref for LoaderContext {
    type Target = LoaderData;

    fn deref(&self) -> &LoaderData {
        &self.0
    }
}

/// Application and caller.
pub struct LoaderData {
    /// The application: database, object store, clock.
    pub app: App,
    /// The caller; a request without one sees nothing.
    pub caller: Option<Arc<Caller>>,
    /// The rows that the caller may see.
    pub scope: VisibilityScope,
}

/// How a batch is loaded: the values of those keys that have one.
pub type LoadFn<K, V> = fn(LoaderContext, Vec<K>) -> BoxFuture<'static, app::Result<HashMap<K, V>>>;

/// A relation that is loaded in batches.
pub struct BatchLoader<K, V> {
    loader: Loader<K, V, ApiError>,
    /// Each value that is handed out counts, for the answer holds it once for each object that asks.
    budget: Budget,
}

impl<K, V> BatchLoader<K, V>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    V: Send + Sync + Clone + 'static,
{
    /// A relation on the request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue, load: LoadFn<K, V>) -> Self {
        let context = context.clone();
        let load = move |keys| load(context.clone(), keys).map_err(ApiError::from).boxed();
        Self { loader: Loader::new(queue, load), budget: queue.budget().clone() }
    }

    /// The value of a key, if there is one that the caller may see.
    ///
    /// # Errors
    /// When the database fails, or the answer grows over its budget.
    pub async fn load(&self, key: K) -> ApiResult<Option<V>> {
        self.budget.load(1)?;
        self.loader.load(key).await
    }

    /// The values of the keys of all rows of a level.
    ///
    /// # Errors
    /// When the database fails, or the answer grows over its budget.
    pub async fn load_many(&self, keys: Vec<K>) -> ApiResult<Loaded<K, V>> {
        self.budget.load(keys.len() as u64)?;
        self.loader.load_many(keys).await
    }

    /// The value of a key that may itself be missing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_optional(&self, key: Option<K>) -> ApiResult<Option<V>> {
        match key {
            Some(key) => self.load(key).await,
            None => Ok(None),
        }
    }
}

impl<K, T> BatchLoader<K, Vec<T>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    T: Send + Sync + Clone + 'static,
{
    /// The list of a key; empty when there is none.
    ///
    /// # Errors
    /// When the database fails, or the answer grows over its budget.
    pub async fn load_list(&self, key: K) -> ApiResult<Vec<T>> {
        let list = self.load(key).await?.unwrap_or_default();
        self.count(list.len())?;
        Ok(list)
    }

    /// Counts objects of lists that are handed out.
    ///
    /// # Errors
    /// When the answer grows over its budget.
    pub fn count(&self, objects: usize) -> ApiResult<()> {
        Ok(self.budget.load(objects as u64)?)
    }
}

/// All relations of one request.
pub struct Loaders {
    /// When it began: one moment for the whole request, so that all rows are judged at the same time.
    pub now: Timestamp,
    /// Of projects, buildings and unit types.
    pub project: ProjectLoaders,
    /// Of defects.
    pub defect: DefectLoaders,
    /// Of checklists.
    pub checklist: ChecklistLoaders,
    /// Of rounds.
    pub round: RoundLoaders,
    /// Of unit inspections.
    pub inspection: InspectionLoaders,
    /// Of photos.
    pub photo: PhotoLoaders,
    /// Of units: rooms, owners, readiness, reviews.
    pub unit: UnitLoaders,
    /// Of what changes carry.
    pub change: ChangeLoaders,
    /// Of sync.
    pub sync: SyncLoaders,
    /// Of the inbox.
    pub inbox: InboxLoaders,
}

impl Loaders {
    /// The loaders of a caller's request.
    #[must_use]
    pub fn new(app: &App, caller: Option<Arc<Caller>>, queue: &BatchQueue) -> Self {
        let scope = caller.as_ref().map(|caller| caller.visibility()).unwrap_or_default();
        let context = LoaderContext(Arc::new(LoaderData { app: app.clone(), caller, scope }));
        Self {
            now: app.clock.now(),
            project: ProjectLoaders::new(&context, queue),
            defect: DefectLoaders::new(&context, queue),
            photo: PhotoLoaders::new(&context, queue),
            checklist: ChecklistLoaders::new(&context, queue),
            round: RoundLoaders::new(&context, queue),
            inspection: InspectionLoaders::new(&context, queue),
            unit: UnitLoaders::new(&context, queue),
            change: ChangeLoaders::new(&context, queue),
            sync: SyncLoaders::new(&context, queue),
            inbox: InboxLoaders::new(&context, queue),
        }
    }
}

/// Rows by their own key.
pub fn by_key<K: Hash + Eq, R, V: From<R>>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, V> {
    rows.into_iter().map(|row| (key(&row), V::from(row))).collect()
}

/// Rows grouped by a key, in their order.
pub fn grouped<K: Hash + Eq, R, V: From<R>>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(V::from(row));
    }
    groups
}

/// The ids of keys, each once, and all columns that are wanted of any: what one statement can answer.
pub fn in_one_statement<I: Id>(keys: &[(I, Columns)]) -> (Vec<I>, Columns) {
    let ids: HashSet<I> = keys.iter().map(|key| key.0).collect();
    let columns = keys.iter().fold(Columns::NONE, |all, key| all | key.1);
    (ids.into_iter().collect(), columns)
}

/// The value found for each id, for each key with that id.
pub fn for_each<I: Id, V: Clone>(keys: Vec<(I, Columns)>, found: &HashMap<I, V>) -> HashMap<(I, Columns), V> {
    keys.into_iter().filter_map(|key| Some((key, found.get(&key.0)?.clone()))).collect()
}
