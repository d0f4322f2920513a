//! The roots of plans: a list or an object that a resolver answers.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{resolve_container, resolve_list};
use async_graphql::{ContextSelectionSet, OutputType, Positioned, QueryPathSegment, ServerResult, Value};
use futures::future::BoxFuture;
use transport::json;

use super::level::{Level, Place, Rows};
use super::selection::Plan;
use super::writer::{Writer, count_objects, give_way};
use super::{Planned, has_plans};

/// An object that is written by a plan: the same type in the schema.
#[derive(Clone)]
pub struct PlannedObject<T>(pub T);

/// A list of objects that is written by a plan: the same type in the schema.
#[derive(Clone)]
pub struct PlannedList<T>(pub Vec<T>);

impl<T: Planned> OutputType for PlannedObject<T> {
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
        // On the heap: otherwise the future of a field would hold that of all below it, and the compiler would unfold
        // the schema into itself.
        let answer: BoxFuture<'_, ServerResult<Value>> = Box::pin(async move {
            match plan::<T>(ctx) {
                Some(plan) => write_object(ctx, &plan, &self.0).await,
                None => {
                    count_objects(ctx, 1)?;
                    resolve_container(ctx, &self.0).await
                }
            }
        });
        answer.await
    }
}

impl<T: Planned> OutputType for PlannedList<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let answer: BoxFuture<'_, ServerResult<Value>> = Box::pin(async move {
            match plan::<T>(ctx) {
                Some(plan) => write_list(ctx, &plan, &self.0).await,
                None => {
                    count_objects(ctx, self.0.len())?;
                    resolve_list(ctx, field, &self.0, Some(self.0.len())).await
                }
            }
        });
        answer.await
    }
}

/// The plan of a selection, unless plans are turned off.
fn plan<'a, T: Planned>(ctx: &ContextSelectionSet<'a>) -> Option<Plan<'a, T>> {
    if has_plans(ctx) { Plan::of(ctx) } else { None }
}

/// The place of the resolved value.
fn place<'p>(ctx: &'p ContextSelectionSet<'_>) -> Place<'p> {
    // Only the root of an operation has none.
    ctx.path_node.unwrap_or(Place { parent: None, segment: QueryPathSegment::Index(0) })
}

async fn write_object<T: Planned>(
    ctx: &ContextSelectionSet<'_>,
    plan: &Plan<'_, T>,
    object: &T,
) -> ServerResult<Value> {
    let places = [place(ctx)];
    let level = Level::load(plan, Rows::Given(std::slice::from_ref(object)), &places).await;
    let mut writer = Writer::new(ctx);
    level.write_row(0, &places[0], &mut writer)?;
    writer.count_now()?;
    Ok(json::raw(writer.text))
}

async fn write_list<T: Planned>(ctx: &ContextSelectionSet<'_>, plan: &Plan<'_, T>, rows: &[T]) -> ServerResult<Value> {
    let list = place(ctx);
    let at_index = |index| Place { parent: Some(&list), segment: QueryPathSegment::Index(index) };
    let places: Vec<Place<'_>> = (0..rows.len()).map(at_index).collect();
    let level = Level::load(plan, Rows::Given(rows), &places).await;
    let mut writer = Writer::new(ctx);
    writer.text.push(b'[');
    for (number, place) in places.iter().enumerate() {
        writer.separate();
        level.write_row(number, place, &mut writer).map_err(|error| writer.at(place, error))?;
        give_way(ctx).await;
    }
    writer.text.push(b']');
    writer.count_now()?;
    Ok(json::raw(writer.text))
}
