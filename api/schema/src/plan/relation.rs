//! Relations: the objects that belong to the rows of a level, loaded by one batch for all rows.
//!
//! A resolver answers a relation, which names the key of its row and the loader. The plain way loads it for this row.
//! A plan calls the resolver for all rows of a level and loads their keys together.

use std::borrow::Cow;
use std::hash::Hash;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextBase, ContextSelectionSet, Error, OutputType, Positioned, ServerError, ServerResult, Value,
};
use domain::Caller;
use domain::id::{
    AttemptId, BuildingId, ChecklistId, ChecklistItemId, ChecklistVersionId, CommentId, CompanyId, DefectId, DisputeId,
    Id, InspectionId, OwnershipId, PendingEditId, PersonId, PhotoId, ProjectId, ResponsibilityRuleId, ReviewId, RoomId,
    RoundId, UnitId, UnitTypeId, UnitTypeRoomId, VerdictId,
};
use store::columns::Columns;
use uuid::Uuid;

use super::columns::columns_of_selection;
use super::{Leaf, Planned, PlannedList, PlannedObject};
use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};
use crate::loaders::{BatchLoader, Loaders};
use crate::scalars::Uid;

/// The key of a loader.
pub trait Key: Hash + Eq + Clone + Send + Sync + 'static {
    /// The key with the columns that the rows need, if they are a part of it.
    #[must_use]
    fn with_columns(self, _: Columns) -> Self {
        self
    }
}

macro_rules! keys {
    ($($key:ty),+ $(,)?) => { $( impl Key for $key {} )+ };
}
keys! {
    AttemptId, BuildingId, ChecklistId, ChecklistItemId, ChecklistVersionId, CommentId, CompanyId, DefectId, DisputeId,
    InspectionId, OwnershipId, PendingEditId, PersonId, PhotoId, ProjectId, ResponsibilityRuleId, ReviewId, RoomId,
    RoundId, UnitId, UnitTypeId, UnitTypeRoomId, VerdictId, Uuid, (ProjectId, String), (ProjectId, UnitId),
}

impl<I: Id> Key for (I, Columns) {
    fn with_columns(self, columns: Columns) -> Self {
        (self.0, columns)
    }
}

/// A type whose objects are loaded by an id.
pub trait ById: Planned {
    /// The id of an object.
    type Id: Key;

    /// The loader of objects with these columns at least.
    fn loader(loaders: &Loaders, columns: Columns) -> &BatchLoader<Self::Id, Self>;

    /// The object without loading, if the viewer sees it for certain, by the same rule as the loader's finder. It is
    /// taken for fields that read no column but those of every row.
    fn known(_: &Self::Id, _: &Caller) -> Option<Self> {
        None
    }
}

/// The object without loading, if it need not be loaded for these columns.
pub(super) fn known<U: ById, I>(id: &U::Id, columns: Columns, ctx: &ContextBase<'_, I>) -> Option<U> {
    ctx.maybe_caller().filter(|_| columns == U::every()).and_then(|caller| U::known(id, caller))
}

type WriteId<U> = fn(&<U as ById>::Id, &mut Vec<u8>) -> ApiResult<()>;

/// A relation to one object, or to none.
pub struct ToOne<U: ById> {
    pub(super) id: Option<U::Id>,
    /// How the id is written, if the viewer sees the object for certain.
    pub(super) seen: Option<WriteId<U>>,
}

impl<U: ById> ToOne<U> {
    /// The object with this id, if the viewer may see it.
    pub fn by(id: impl Into<Option<U::Id>>) -> Self {
        Self { id: id.into(), seen: None }
    }

    /// Whether the viewer sees the object for certain, by the same rule as the loader's finder: then it needs no
    /// loading if nothing but its id is selected. Staff of a project see all its places, rounds, unit inspections and
    /// companies.
    #[must_use]
    pub fn seen_if(self, is_seen: bool) -> Self
    where
        U::Id: Id,
    {
        let write: WriteId<U> = |id, text| Uid::from(*id).write_json(text);
        Self { seen: is_seen.then_some(write), ..self }
    }
}

impl<U: ById> OutputType for ToOne<U> {
    fn type_name() -> Cow<'static, str> {
        U::type_name()
    }

    fn qualified_type_name() -> String {
        <Option<U> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Option<U> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(id) = &self.id else { return Ok(Value::Null) };
        let columns = columns_of_selection::<U>(ctx);
        let object = match known(id, columns, ctx) {
            Some(object) => Some(object),
            None => {
                let loaded = U::loader(ctx.loaders(), columns).load(id.clone()).await;
                loaded.map_err(|error| fault(ctx, field, error))?
            }
        };
        object.map(PlannedObject).resolve(ctx, field).await
    }
}

/// An answer of a resolver of a relation to one object.
pub trait Relates: 'static {
    /// The type of the object.
    type Object: ById;

    /// The relation.
    ///
    /// # Errors
    /// The error that the field answers instead.
    fn relation(self) -> ApiResult<ToOne<Self::Object>>;
}

impl<U: ById> Relates for ToOne<U> {
    type Object = U;

    fn relation(self) -> ApiResult<Self> {
        Ok(self)
    }
}

impl<U: ById> Relates for ApiResult<ToOne<U>> {
    type Object = U;

    fn relation(self) -> Self {
        self
    }
}

type ListLoader<K, U> = fn(&Loaders) -> &BatchLoader<K, Vec<U>>;

/// A relation to a list of objects.
pub struct ToMany<K, U> {
    pub(super) key: Option<K>,
    /// The same for all rows of a field.
    pub(super) loader: ListLoader<K, U>,
    keeps: Option<Box<dyn Fn(&U) -> bool + Send + Sync>>,
    most: usize,
}

impl<K: Key, U: Planned> ToMany<K, U> {
    /// The list of a key; without one it is empty.
    pub fn by(key: impl Into<Option<K>>, loader: ListLoader<K, U>) -> Self {
        Self { key: key.into(), loader, keeps: None, most: usize::MAX }
    }

    /// Some objects of the list only, and so many at most.
    #[must_use]
    pub fn some(self, keeps: impl Fn(&U) -> bool + Send + Sync + 'static, most: Option<u32>) -> Self {
        Self { keeps: Some(Box::new(keeps)), most: most.map_or(usize::MAX, |most| most as usize), ..self }
    }

    /// The objects of a loaded list that are answered.
    pub(super) fn pick<'l>(&'l self, list: &'l [U]) -> impl Iterator<Item = U> {
        let kept = list.iter().filter(|object| self.keeps.as_ref().is_none_or(|keeps| keeps(object)));
        kept.take(self.most).cloned()
    }
}

impl<K: Key, U: Planned> OutputType for ToMany<K, U> {
    fn type_name() -> Cow<'static, str> {
        <Vec<U> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<U> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<U> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut picked = Vec::new();
        if let Some(key) = self.key.clone() {
            let key = key.with_columns(columns_of_selection::<U>(ctx));
            let loaded = (self.loader)(ctx.loaders()).load_list(key).await;
            let list = loaded.map_err(|error| fault(ctx, field, error))?;
            picked.extend(self.pick(&list));
        }
        PlannedList(picked).resolve(ctx, field).await
    }
}

/// The error that a field answered.
fn fault(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>, error: ApiError) -> ServerError {
    ctx.set_error_path(Error::from(error).into_server_error(field.pos))
}
