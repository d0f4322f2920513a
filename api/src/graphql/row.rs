//! Rows of lists: objects whose plain fields are answered on the spot.
//!
//! async-graphql makes a future on the heap for each field of each object. Most fields of a row only read a column and
//! never wait, so here they are answered one after the other in place; only fields with a selection of their own, which
//! may load something, become futures that wait together. The answer is the same, a nested list about a fifth quicker
//! (`tests/src/bin/benchmark`).

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value};
use futures::future::{BoxFuture, try_join, try_join_all};

/// An object as a row of a list: the same type in the schema.
pub struct Row<T>(pub T);

/// Objects as the rows of a list.
pub fn rows<T>(objects: Vec<T>) -> Vec<Row<T>> {
    objects.into_iter().map(Row).collect()
}

impl<T: ObjectType> OutputType for Row<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        // On the heap, one for each row: otherwise the future of a field would hold that of all below it, and the
        // compiler would unfold the schema into itself.
        let answer: BoxFuture<'_, ServerResult<Value>> = Box::pin(async move {
            let mut fields = Vec::with_capacity(ctx.item.node.items.len());
            if collect::<T>(ctx, &ctx.item.node, &mut fields) {
                resolve(ctx, &fields, &self.0).await
            } else {
                resolve_container(ctx, &self.0).await
            }
        });
        answer.await
    }
}

/// The fields of a selection, fragments on this very type expanded. False for what only the general way can do:
/// directives, fragments on an interface, a field that stands twice and must be merged.
fn collect<'a, T: ObjectType>(
    ctx: &ContextSelectionSet<'a>,
    selection: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    selection.items.iter().all(|item| match &item.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let twice = fields.iter().any(|other| other.node.response_key().node == *key);
            fields.push(field);
            field.node.directives.is_empty() && !twice
        }
        Selection::FragmentSpread(spread) => {
            ctx.query_env.fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
                fragment.node.type_condition.node.on.node == *T::type_name()
                    && collect::<T>(ctx, &fragment.node.selection_set.node, fields)
            })
        }
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref();
            condition.is_none_or(|condition| condition.node.on.node == *T::type_name())
                && collect::<T>(ctx, &fragment.node.selection_set.node, fields)
        }
    })
}

async fn resolve<T: ObjectType>(
    ctx: &ContextSelectionSet<'_>,
    fields: &[&Positioned<Field>],
    row: &T,
) -> ServerResult<Value> {
    let nested: Vec<_> = fields.iter().filter(|field| !is_plain(field)).map(|field| one(ctx, field, row)).collect();
    let plain = async {
        let mut values = Vec::with_capacity(fields.len());
        for field in fields.iter().filter(|field| is_plain(field)) {
            values.push(one(ctx, field, row).await?);
        }
        Ok(values)
    };
    // Together, for a plain field may wait after all (a count): then the others do not wait for it.
    let (plain, nested) = try_join(plain, try_join_all(nested)).await?;
    let (mut plain, mut nested) = (plain.into_iter(), nested.into_iter());
    let in_order = fields.iter().map(|field| {
        let value = if is_plain(field) { plain.next() } else { nested.next() };
        (field.node.response_key().node.clone(), value.unwrap_or_default())
    });
    Ok(Value::Object(in_order.collect::<IndexMap<Name, Value>>()))
}

/// Whether nothing is selected of the field's value: a scalar or an enum.
fn is_plain(field: &Positioned<Field>) -> bool {
    field.node.selection_set.node.items.is_empty()
}

async fn one<T: ObjectType>(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>, row: &T) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(row.introspection_type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    Ok(row.resolve_field(&ctx).await?.unwrap_or_default())
}
