//! The loaders of one request: relations of many rows by one statement a level.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use app::App;
use async_graphql::dataloader::{DataLoader, Loader};
use domain::{Caller, Sight};
use futures::future::BoxFuture;

use super::change::loaders::ChangeLoaders;
use super::checklist::loaders::ChecklistLoaders;
use super::defect::loaders::DefectLoaders;
use super::error::{ApiError, ApiResult};
use super::inspection::loaders::InspectionLoaders;
use super::loading::BatchQueue;
use super::photo::loaders::PhotoLoaders;
use super::project::loaders::ProjectLoaders;
use super::round::loaders::RoundLoaders;
use super::unit::loaders::UnitLoaders;

/// What a batch needs: the world, and who asks.
#[derive(Clone)]
pub struct Scope {
    /// The use cases' world.
    pub app: App,
    /// Who asks; nobody sees nothing.
    pub caller: Option<Arc<Caller>>,
    /// What they may see.
    pub sight: Arc<Sight>,
}

/// How a batch is loaded: the values of those keys that have one.
pub type Load<K, V> = fn(Scope, Vec<K>) -> BoxFuture<'static, app::Result<HashMap<K, V>>>;

/// A loader of one relation.
pub struct Batch<K, V> {
    scope: Scope,
    load: Load<K, V>,
}

impl<K, V> Loader<K> for Batch<K, V>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    V: Send + Sync + Clone + 'static,
{
    type Value = V;
    type Error = ApiError;

    async fn load(&self, keys: &[K]) -> Result<HashMap<K, V>, ApiError> {
        Ok((self.load)(self.scope.clone(), keys.to_vec()).await?)
    }
}

/// A relation that is loaded in batches.
pub struct Relation<K, V>(DataLoader<Batch<K, V>>)
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    V: Send + Sync + Clone + 'static;

impl<K, V> Relation<K, V>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    V: Send + Sync + Clone + 'static,
{
    /// A relation on the request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue, load: Load<K, V>) -> Self {
        Self(queue.loader(Batch { scope: scope.clone(), load }))
    }

    /// The value of a key, if there is one that the caller may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn one(&self, key: K) -> ApiResult<Option<V>> {
        self.0.load_one(key).await
    }

    /// The value of a key that may itself be missing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn maybe(&self, key: Option<K>) -> ApiResult<Option<V>> {
        match key {
            Some(key) => self.one(key).await,
            None => Ok(None),
        }
    }
}

impl<K, T> Relation<K, Vec<T>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    T: Send + Sync + Clone + 'static,
{
    /// The list of a key; empty when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, key: K) -> ApiResult<Vec<T>> {
        Ok(self.one(key).await?.unwrap_or_default())
    }
}

/// All relations of one request.
pub struct Loaders {
    /// Of projects and places.
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
    /// Of units: readiness, reviews.
    pub unit: UnitLoaders,
    /// Of what changes carry.
    pub change: ChangeLoaders,
}

impl Loaders {
    /// The loaders of a caller's request.
    #[must_use]
    pub fn new(app: &App, caller: Option<Arc<Caller>>, queue: &BatchQueue) -> Self {
        let sight = Arc::new(caller.as_ref().map(|caller| caller.sight()).unwrap_or_default());
        let scope = Scope { app: app.clone(), caller, sight };
        Self {
            project: ProjectLoaders::new(&scope, queue),
            defect: DefectLoaders::new(&scope, queue),
            photo: PhotoLoaders::new(&scope, queue),
            checklist: ChecklistLoaders::new(&scope, queue),
            round: RoundLoaders::new(&scope, queue),
            inspection: InspectionLoaders::new(&scope, queue),
            unit: UnitLoaders::new(&scope, queue),
            change: ChangeLoaders::new(&scope, queue),
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
