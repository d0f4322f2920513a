//! From a selection to the steps by which each row is written.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::MetaType;
use async_graphql::{Context, ContextSelectionSet, Positioned};
use store::columns::Columns;

use super::level::{Branch, Place};
use super::{How, Planned, WriteBound, WriteLeaf, columns};

/// How the rows of one selection are loaded and written.
pub(super) struct Plan<'a, T> {
    pub(super) steps: Vec<Step<'a, T>>,
    /// The fields that load something.
    pub(super) branches: Vec<Box<dyn Branch<T> + 'a>>,
    /// The fields that each row is asked for.
    pub(super) asked: Vec<&'a Positioned<Field>>,
    /// The columns that the rows need.
    pub(super) columns: Columns,
    /// Whether a row here or below is asked for fields, which must know their place in the answer.
    pub(super) needs_places: bool,
    /// The selection and the environment of the request.
    pub(super) ctx: ContextSelectionSet<'a>,
}

/// A selected field.
pub(super) struct Step<'a, T> {
    /// Its name in the answer as JSON, with the signs before and behind it: `{"id":`, `,"number":`.
    pub(super) name: Vec<u8>,
    pub(super) value: Value<'a, T>,
}

/// The source of the value of a field.
pub(super) enum Value<'a, T> {
    /// The same for all rows.
    Text(Vec<u8>),
    Leaf(WriteLeaf<T>, Context<'a>),
    Bound(WriteBound<T>, Context<'a>),
    /// The branch of this number.
    Branch(usize),
    /// The asked field of this number.
    Asked(usize),
}

impl<'a, T: Planned> Plan<'a, T> {
    /// The plan of a selection; none for a selection with directives or with a name twice, which only the plain way
    /// can answer. A document in its normal form (the transport's `documents`) has neither.
    pub(super) fn of(ctx: &ContextSelectionSet<'a>) -> Option<Self> {
        let fields = fields_for::<T>(ctx)?;
        let mut plan = Self {
            steps: Vec::with_capacity(fields.len()),
            branches: Vec::new(),
            asked: Vec::new(),
            columns: T::every(),
            needs_places: false,
            ctx: ctx.clone(),
        };
        for field in fields {
            plan.add(field);
        }
        plan.needs_places = !plan.asked.is_empty() || plan.branches.iter().any(|branch| branch.needs_places());
        Some(plan)
    }

    /// The places of the rows above, as far as they matter.
    pub(super) fn places<'r>(&self, places: &'r [Place<'r>]) -> &'r [Place<'r>] {
        if self.needs_places { places } else { &[] }
    }

    fn add(&mut self, field: &'a Positioned<Field>) {
        let name = &*field.node.name.node;
        self.columns = self.columns | columns::of_field::<T>(name);
        // A name of GraphQL has nothing to escape.
        let type_name = || Value::Text(format!("\"{}\"", T::type_name()).into_bytes());
        let value = if name == "__typename" { type_name() } else { self.value(name, field) };
        let mut key = vec![if self.steps.is_empty() { b'{' } else { b',' }, b'"'];
        key.extend_from_slice(field.node.response_key().node.as_bytes());
        key.extend_from_slice(b"\":");
        self.steps.push(Step { name: key, value });
    }

    fn value(&mut self, name: &str, field: &'a Positioned<Field>) -> Value<'a, T> {
        let ctx = context_of(&self.ctx, field);
        match T::field(name).map(|plan| plan.how) {
            Some(How::Leaf(write)) => return Value::Leaf(write, ctx),
            Some(How::Bound(bind)) => {
                if let Some(write) = bind(&ctx) {
                    return Value::Bound(write, ctx);
                }
            }
            Some(How::Below(plan)) => {
                if let Some(branch) = plan(ctx) {
                    self.branches.push(branch);
                    return Value::Branch(self.branches.len() - 1);
                }
            }
            Some(How::Asked) | None => {}
        }
        self.asked.push(field);
        Value::Asked(self.asked.len() - 1)
    }
}

/// The context of a field of the rows of a selection, without a place: for the data of the request and the arguments.
pub(super) fn context_of<'a>(ctx: &ContextSelectionSet<'a>, field: &'a Positioned<Field>) -> Context<'a> {
    ctx.query_env.create_context(ctx.schema_env, None, field, ctx.execute_data)
}

/// The fields that are selected of a type, fragments that apply to it expanded.
pub(super) fn fields_for<'a, T: Planned>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    collect(ctx, &T::type_name(), &ctx.item.node, &mut fields).then_some(fields)
}

/// Whether nothing but the id of an object is selected.
pub(super) fn selects_id_only<T: Planned>(ctx: &ContextSelectionSet<'_>) -> bool {
    let is_id = |field: &&Positioned<Field>| matches!(&*field.node.name.node, "id" | "__typename");
    fields_for::<T>(ctx).is_some_and(|fields| fields.iter().all(is_id))
}

fn collect<'a>(
    ctx: &ContextSelectionSet<'a>,
    of: &str,
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
            spread.node.directives.is_empty()
                && ctx.query_env.fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
                    let condition = &*fragment.node.type_condition.node.on.node;
                    collect_if(ctx, of, Some(condition), &fragment.node.selection_set.node, fields)
                })
        }
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref().map(|condition| &*condition.node.on.node);
            fragment.node.directives.is_empty()
                && collect_if(ctx, of, condition, &fragment.node.selection_set.node, fields)
        }
    })
}

/// A fragment's fields, if it is one for this type.
fn collect_if<'a>(
    ctx: &ContextSelectionSet<'a>,
    of: &str,
    condition: Option<&str>,
    selection: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    let registry = &ctx.schema_env.registry;
    let applies = |condition: &str| {
        condition == of || registry.implements.get(of).is_some_and(|interfaces| interfaces.contains(condition))
    };
    match condition {
        Some(other) if !applies(other) => matches!(registry.types.get(other), Some(MetaType::Object { .. })),
        _ => collect(ctx, of, selection, fields),
    }
}
