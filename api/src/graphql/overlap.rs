//! Whether a document asks for the same object twice at one place, so that the answers must be merged.
//!
//! async-graphql merges the maps of two answers. What has been written as JSON already (see [`super::row`]) cannot be
//! merged, so such a document goes the general way in all its parts. Fragments that are put together by a client's
//! library are often so.

use std::collections::HashSet;
use std::sync::OnceLock;

use async_graphql::parser::types::{Selection, SelectionSet};
use async_graphql::registry::MetaType;
use async_graphql::{ContextBase, ContextSelectionSet};

/// What is known of a request's document, once somebody asked.
#[derive(Default)]
pub struct Overlap(OnceLock<bool>);

/// Whether anything in the document must be merged.
pub(super) fn is_in_document<T>(ctx: &ContextBase<'_, T>) -> bool {
    let look = || {
        let whole = ctx.with_selection_set(&ctx.query_env.operation.node.selection_set);
        overlaps(&whole, &whole.item.node)
    };
    match ctx.data_opt::<Overlap>() {
        Some(known) => *known.0.get_or_init(look),
        None => look(),
    }
}

/// Whether this selection, or one below it, holds an object's field twice.
fn overlaps<'a>(ctx: &ContextSelectionSet<'a>, selection: &'a SelectionSet) -> bool {
    let mut level = Level { ctx, fields: Vec::new(), spread: HashSet::new() };
    !level.collect(selection, None) || level.fields.iter().any(|(_, _, below)| overlaps(ctx, below))
}

/// The fields of one level that have a selection of their own, with the type that they are asked of.
struct Level<'c, 'a> {
    ctx: &'c ContextSelectionSet<'a>,
    fields: Vec<(Option<&'a str>, &'a str, &'a SelectionSet)>,
    spread: HashSet<(Option<&'a str>, &'a str)>,
}

impl<'a> Level<'_, 'a> {
    /// False as soon as one stands there twice.
    fn collect(&mut self, selection: &'a SelectionSet, of: Option<&'a str>) -> bool {
        selection.items.iter().all(|item| match &item.node {
            Selection::Field(field) => {
                let (key, below) = (&*field.node.response_key().node, &field.node.selection_set.node);
                let twice = self.fields.iter().any(|(other, name, _)| *name == key && self.may_be_one(*other, of));
                if !below.items.is_empty() {
                    self.fields.push((of, key, below));
                }
                !twice
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().map(|condition| &*condition.node.on.node);
                self.collect(&fragment.node.selection_set.node, condition.or(of))
            }
            Selection::FragmentSpread(spread) => {
                let name = &*spread.node.fragment_name.node;
                self.spread.insert((of, name))
                    && self.ctx.query_env.fragments.get(name).is_none_or(|fragment| {
                        let condition = &*fragment.node.type_condition.node.on.node;
                        self.collect(&fragment.node.selection_set.node, Some(condition))
                    })
            }
        })
    }

    /// Whether one object can be of both types: not of two different object types.
    fn may_be_one(&self, one: Option<&str>, other: Option<&str>) -> bool {
        let is_object =
            |name: &str| matches!(self.ctx.schema_env.registry.types.get(name), Some(MetaType::Object { .. }));
        match (one, other) {
            (Some(one), Some(other)) => one == other || !is_object(one) || !is_object(other),
            _ => true,
        }
    }
}
