//! Rows of lists: objects that are written as JSON at once.
//!
//! async-graphql makes a future on the heap for each field of each object, and a map of the answers for the object.
//! Most fields of a row only read a column and never wait, so here they are asked and written one after the other in
//! place; only fields with a selection of their own, which may load something, become futures that wait together, for
//! all rows of the list. Those are polled once in place, too: a future with an answer needs no waiting. The result is
//! JSON (see [`transport::json`]), the same text as the general way would make (`tests/it/access/rows.rs`), with a
//! fraction of the futures and maps.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::resolver_utils::{resolve_container, resolve_list};
use async_graphql::{ContextSelectionSet, ObjectType, OutputType, Positioned, ServerError, ServerResult, Value};
use futures::FutureExt;
use futures::future::{BoxFuture, poll_immediate, try_join_all};
use transport::batch::BatchQueue;
use transport::budget::{AnswerTooLarge, Budget};
use transport::json;

use super::error::ApiError;

/// An object as a row: the same type in the schema.
pub struct Row<T>(pub T);

/// A list of objects as rows: the same type in the schema.
pub struct Rows<T>(pub Vec<T>);

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
        // On the heap: otherwise the future of a field would hold that of all below it, and the compiler would unfold
        // the schema into itself.
        let answer: BoxFuture<'_, ServerResult<Value>> = Box::pin(async move {
            match Fields::of::<T>(ctx) {
                Some(fields) => {
                    let mut text = fields.write(ctx, &self.0)?;
                    text.fill().await.map(json::raw)
                }
                None => {
                    count_objects(ctx, 1)?;
                    resolve_container(ctx, &self.0).await
                }
            }
        });
        answer.await
    }
}

impl<T: ObjectType> OutputType for Rows<T> {
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
            match Fields::of::<T>(ctx) {
                Some(fields) => fields.write_list(ctx, &self.0).await,
                None => {
                    count_objects(ctx, self.0.len())?;
                    resolve_list(ctx, field, &self.0, Some(self.0.len())).await
                }
            }
        });
        answer.await
    }
}

/// The budget of the request; a schema of tests has none.
fn budget<'c>(ctx: &'c ContextSelectionSet<'_>) -> Option<&'c Budget> {
    ctx.data_opt::<BatchQueue>().map(BatchQueue::budget)
}

fn refused(ctx: &ContextSelectionSet<'_>, error: AnswerTooLarge) -> ServerError {
    async_graphql::Error::from(ApiError::from(error)).into_server_error(ctx.item.pos)
}

/// Counts objects that are not written as rows.
fn count_objects(ctx: &ContextSelectionSet<'_>, objects: usize) -> ServerResult<()> {
    let Some(budget) = budget(ctx) else { return Ok(()) };
    (0..objects).try_for_each(|_| budget.write_object()).map_err(|error| refused(ctx, error))
}

/// The selected fields of each row, fragments that apply to its type expanded.
pub(super) struct Fields<'a>(pub(super) Vec<&'a Positioned<Field>>);

impl<'a> Fields<'a> {
    /// None for what only the general way can do: directives, a field that stands twice. A document in its normal form
    /// (the transport's `documents`) has neither.
    pub(super) fn of<T: ObjectType>(ctx: &ContextSelectionSet<'a>) -> Option<Self> {
        let mut fields = Self(Vec::with_capacity(ctx.item.node.items.len()));
        fields.collect::<T>(ctx, &ctx.item.node).then_some(fields)
    }

    fn collect<T: ObjectType>(&mut self, ctx: &ContextSelectionSet<'a>, selection: &'a SelectionSet) -> bool {
        selection.items.iter().all(|item| match &item.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                let twice = self.0.iter().any(|other| other.node.response_key().node == *key);
                self.0.push(field);
                field.node.directives.is_empty() && !twice
            }
            Selection::FragmentSpread(spread) => {
                spread.node.directives.is_empty()
                    && ctx.query_env.fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
                        let condition = &fragment.node.type_condition.node.on.node;
                        self.collect_if::<T>(ctx, Some(condition), &fragment.node.selection_set.node)
                    })
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().map(|condition| &*condition.node.on.node);
                fragment.node.directives.is_empty()
                    && self.collect_if::<T>(ctx, condition, &fragment.node.selection_set.node)
            }
        })
    }

    /// A fragment's fields, if it is one for this type.
    fn collect_if<T: ObjectType>(
        &mut self,
        ctx: &ContextSelectionSet<'a>,
        condition: Option<&str>,
        selection: &'a SelectionSet,
    ) -> bool {
        let (name, registry) = (T::type_name(), &ctx.schema_env.registry);
        let own = |condition: &str| {
            condition == name || registry.implements.get(&*name).is_some_and(|all| all.contains(condition))
        };
        match condition {
            Some(other) if !own(other) => matches!(registry.types.get(other), Some(MetaType::Object { .. })),
            _ => self.collect::<T>(ctx, selection),
        }
    }

    async fn write_list<T: ObjectType>(&self, ctx: &ContextSelectionSet<'_>, rows: &[T]) -> ServerResult<Value> {
        let places: Vec<_> = (0..rows.len()).map(|index| ctx.with_index(index)).collect();
        let mut list = Text::default();
        list.written.push(b'[');
        for (place, row) in places.iter().zip(rows) {
            list.separate();
            self.write_row(place, row, &mut list).map_err(|error| place.set_error_path(error))?;
            give_way(ctx).await;
        }
        list.written.push(b']');
        list.fill().await.map(json::raw)
    }

    fn write<'r, T: ObjectType>(&self, ctx: &'r ContextSelectionSet<'r>, row: &'r T) -> ServerResult<Text<'r>>
    where
        'a: 'r,
    {
        let mut text = Text::default();
        self.write_row(ctx, row, &mut text)?;
        Ok(text)
    }

    /// Writes the available values at once, and leaves placeholders for pending ones.
    pub(super) fn write_row<'r, T: ObjectType>(
        &self,
        ctx: &'r ContextSelectionSet<'r>,
        row: &'r T,
        text: &mut Text<'r>,
    ) -> ServerResult<()>
    where
        'a: 'r,
    {
        let before = text.own;
        text.written.push(b'{');
        for field in &self.0 {
            text.begin(field);
            text.write_field(ctx, field, row)?;
        }
        text.written.push(b'}');
        count_row(ctx, text.own - before)
    }
}

/// Counts a row and the bytes of its plain fields; the fields of selections below are counted there.
fn count_row(ctx: &ContextSelectionSet<'_>, bytes: usize) -> ServerResult<()> {
    let Some(budget) = budget(ctx) else { return Ok(()) };
    budget.write_object().and_then(|()| budget.write_bytes(bytes)).map_err(|error| refused(ctx, error))
}

/// Lets other tasks go on after many rows: a list that never waits would hold its thread, and pass its time limit.
pub(super) async fn give_way(ctx: &ContextSelectionSet<'_>) {
    if let Some(budget) = budget(ctx).filter(|budget| budget.is_due_to_give_way()) {
        budget.give_way().await;
    }
}

/// JSON with holes for answers that are still waited for.
#[derive(Default)]
pub(super) struct Text<'r> {
    pub(super) written: Vec<u8>,
    /// Bytes of names and plain fields, without those of objects below.
    pub(super) own: usize,
    holes: Vec<usize>,
    awaited: Vec<BoxFuture<'r, ServerResult<Value>>>,
}

impl<'r> Text<'r> {
    /// The name of a field.
    pub(super) fn begin(&mut self, field: &Positioned<Field>) {
        self.separate();
        // A name of GraphQL has nothing to escape.
        self.written.push(b'"');
        self.written.extend_from_slice(field.node.response_key().node.as_bytes());
        self.written.extend_from_slice(b"\":");
        self.own += field.node.response_key().node.len() + 4;
    }

    /// The answer of a field, or a hole for it.
    pub(super) fn write_field<T: ObjectType>(
        &mut self,
        ctx: &'r ContextSelectionSet<'r>,
        field: &'r Positioned<Field>,
        row: &'r T,
    ) -> ServerResult<()> {
        // A field without a selection may wait after all (a count). Then it is asked again among those that wait.
        if is_plain(field)
            && let Some(value) = resolve_field(ctx, field, row).now_or_never()
        {
            let before = self.written.len();
            json::write(&value?, &mut self.written);
            self.own += self.written.len() - before;
            return Ok(());
        }
        self.write_or_wait(Box::pin(resolve_field(ctx, field, row)))
    }

    /// An answer if it is there, or a hole for it.
    pub(super) fn write_or_wait(&mut self, mut answer: BoxFuture<'r, ServerResult<Value>>) -> ServerResult<()> {
        match poll_immediate(&mut answer).now_or_never().flatten() {
            Some(value) => json::write(&value?, &mut self.written),
            None => self.leave_hole(answer),
        }
        Ok(())
    }

    /// A comma, unless something begins here.
    pub(super) fn separate(&mut self) {
        // No value ends so, and before a hole stands a colon.
        if !matches!(self.written.last(), Some(b'[' | b'{')) {
            self.written.push(b',');
        }
    }

    fn leave_hole(&mut self, answer: BoxFuture<'r, ServerResult<Value>>) {
        self.holes.push(self.written.len());
        self.awaited.push(answer);
    }

    pub(super) async fn fill(&mut self) -> ServerResult<Vec<u8>> {
        if self.holes.is_empty() {
            return Ok(std::mem::take(&mut self.written));
        }
        let values = try_join_all(std::mem::take(&mut self.awaited)).await?;
        let mut filled = Vec::with_capacity(self.written.len() * 2);
        let mut from = 0;
        for (hole, value) in self.holes.iter().zip(&values) {
            filled.extend_from_slice(&self.written[from..*hole]);
            json::write(value, &mut filled);
            from = *hole;
        }
        filled.extend_from_slice(&self.written[from..]);
        Ok(filled)
    }
}

/// Whether nothing is selected of the field's value: a scalar or an enum.
fn is_plain(field: &Positioned<Field>) -> bool {
    field.node.selection_set.node.items.is_empty()
}

async fn resolve_field<T: ObjectType>(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    row: &T,
) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(row.introspection_type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    Ok(row.resolve_field(&ctx).await?.unwrap_or_default())
}
