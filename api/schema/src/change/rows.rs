//! Changes as rows: written as JSON at once, each with its object, whatever its type (see [`crate::row`]).

use std::borrow::Cow;
use std::collections::HashMap;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{resolve_container, resolve_list};
use async_graphql::{ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value};
use futures::future::BoxFuture;
use transport::json;

use super::types::Change;
use crate::node::{Node, with_object};
use crate::row::{Fields, Text, give_way};

/// A list of changes: the same type in the schema.
pub struct ChangeRows(pub Vec<Change>);

impl OutputType for ChangeRows {
    fn type_name() -> Cow<'static, str> {
        <Vec<Change> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<Change> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<Change> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let answer: BoxFuture<'_, ServerResult<Value>> = Box::pin(async move {
            match Fields::of::<Change>(ctx) {
                Some(fields) => write_list(ctx, &fields, &self.0).await,
                None => resolve_list(ctx, field, &self.0, Some(self.0.len())).await,
            }
        });
        answer.await
    }
}

fn is_object(field: &Positioned<Field>) -> bool {
    field.node.name.node == "object"
}

async fn write_list<'a>(ctx: &ContextSelectionSet<'a>, fields: &Fields<'a>, changes: &[Change]) -> ServerResult<Value> {
    let objects: Vec<_> = fields.0.iter().copied().filter(|field| is_object(field)).collect();
    let places: Vec<_> = (0..changes.len()).map(|index| ctx.with_index(index)).collect();
    // Of each change, the places of its object: one, unless it is asked for under several names.
    let below: Vec<Vec<_>> = places
        .iter()
        .map(|place| {
            let below =
                |field: &&'a Positioned<Field>| place.with_field(field).with_selection_set(&field.node.selection_set);
            objects.iter().map(below).collect()
        })
        .collect();
    let mut kinds: Vec<Kinds<'_>> = objects.iter().map(|_| Kinds::default()).collect();
    let mut list = Text::default();
    list.written.push(b'[');
    for ((place, below), change) in places.iter().zip(&below).zip(changes) {
        list.separate();
        list.written.push(b'{');
        let mut selected = below.iter().zip(&mut kinds);
        for field in &fields.0 {
            list.begin(field);
            let at_object = if is_object(field) { selected.next() } else { None };
            match (at_object, &change.object) {
                (Some((ctx, kinds)), Some(node)) => kinds.write(ctx, node, &mut list),
                (Some(_), None) => {
                    list.written.extend_from_slice(b"null");
                    Ok(())
                }
                (None, _) => list.write_field(place, field, change),
            }
            .map_err(|error| place.set_error_path(error))?;
        }
        list.written.push(b'}');
        give_way(ctx).await;
    }
    list.written.push(b']');
    list.fill().await.map(json::raw)
}

/// The selection of each type of object; none for a selection that only the general way can answer.
#[derive(Default)]
struct Kinds<'a>(HashMap<Cow<'static, str>, Option<Fields<'a>>>);

impl<'a> Kinds<'a> {
    fn write<'r>(&mut self, ctx: &'r ContextSelectionSet<'a>, node: &'r Node, text: &mut Text<'r>) -> ServerResult<()>
    where
        'a: 'r,
    {
        let written =
            with_object!(node, object => self.fields_of(ctx, object).map(|fields| fields.write_row(ctx, object, text)));
        match written {
            Some(written) => written,
            None => text.write_or_wait(Box::pin(resolve_container(ctx, node))),
        }
    }

    fn fields_of<T: ObjectType>(&mut self, ctx: &ContextSelectionSet<'a>, _: &T) -> Option<&Fields<'a>> {
        self.0.entry(T::type_name()).or_insert_with(|| Fields::of::<T>(ctx)).as_ref()
    }
}
