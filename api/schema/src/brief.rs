//! Related objects whose id alone is often selected, because a client with a local copy has the object itself already.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value};
use domain::id::Id;
use transport::json;
use uuid::Uuid;

use super::error::ApiResult;
use super::loaders::BatchLoader;
use super::row::{Row, Text};

/// An object, or nothing but its id: the same type in the schema.
pub enum Brief<T> {
    /// Nothing else is asked.
    Id(Uuid),
    /// All of it.
    Whole(Row<T>),
}

impl<T: Clone + Send + 'static> Brief<T> {
    /// A related object: without loading it when nothing but its id is asked and it is `seen` for certain, which is for
    /// the caller to know: by the same rule as the relation's finder.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of<I: Id>(
        ctx: &Context<'_>,
        id: Option<I>,
        seen: bool,
        relation: &BatchLoader<I, T>,
    ) -> ApiResult<Option<Self>> {
        match id {
            Some(id) if seen && asks_for_id_only(ctx) => Ok(Some(Self::Id(id.into()))),
            id => Ok(relation.load_optional(id).await?.map(|object| Self::Whole(Row(object)))),
        }
    }
}

/// Whether the field's selection is one that [`Brief::Id`] can answer.
fn asks_for_id_only(ctx: &Context<'_>) -> bool {
    let items = &ctx.item.node.selection_set.node.items;
    items.iter().all(|item| match &item.node {
        Selection::Field(field) => {
            matches!(&*field.node.name.node, "id" | "__typename") && field.node.directives.is_empty()
        }
        _ => false,
    })
}

impl<T: ObjectType> OutputType for Brief<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Id(id) => Ok(json::raw(write::<T>(*id, ctx))),
            Self::Whole(object) => object.resolve(ctx, field).await,
        }
    }
}

fn write<T: ObjectType>(id: Uuid, ctx: &ContextSelectionSet<'_>) -> Vec<u8> {
    let mut text = Text::default();
    text.written.push(b'{');
    // A name that stands twice was the same both times: valid documents alone come here.
    let mut keys = Vec::new();
    for item in &ctx.item.node.items {
        let Selection::Field(field) = &item.node else { continue };
        let key = &field.node.response_key().node;
        if keys.contains(&key) {
            continue;
        }
        keys.push(key);
        text.begin(field);
        let value = match &*field.node.name.node {
            "__typename" => Value::from(T::type_name().into_owned()),
            _ => Value::from(id.to_string()),
        };
        json::write(&value, &mut text.written);
    }
    text.written.push(b'}');
    text.written
}
