//! The columns to read, by the fields that are selected.

use async_graphql::{Context, ContextSelectionSet, SelectionField};
use store::columns::Columns;

use super::selection::fields_for;
use super::{Planned, has_plans};

/// The columns that the rows of a selection need: whole rows for one that is no normal form, and without plans.
pub(super) fn columns_of_selection<T: Planned>(ctx: &ContextSelectionSet<'_>) -> Columns {
    let Some(fields) = fields_for::<T>(ctx).filter(|_| has_plans(ctx)) else { return Columns::ALL };
    fields.iter().fold(T::every(), |all, field| all | of_field::<T>(&field.node.name.node))
}

/// The columns that the rows of a connection need.
pub fn columns_of_nodes<T: Planned>(ctx: &Context<'_>) -> Columns {
    if !has_plans(ctx) {
        return Columns::ALL;
    }
    let list = ctx.field();
    let below = list.selection_set().flat_map(|part| match part.name() {
        "nodes" => vec![part],
        "edges" => part.selection_set().filter(|part| part.name() == "node").collect(),
        _ => Vec::new(),
    });
    below.map(columns_of::<T>).fold(Columns::NONE, |all, columns| all | columns)
}

/// The same for rows below these fields of the objects of a list.
pub fn columns_of_parts<T: Planned>(ctx: &Context<'_>, parts: &[&str]) -> Columns {
    if !has_plans(ctx) {
        return Columns::ALL;
    }
    let list = ctx.field();
    let rows = list.selection_set().filter(|part| parts.contains(&part.name()));
    rows.map(columns_of::<T>).fold(Columns::NONE, |all, columns| all | columns)
}

fn columns_of<T: Planned>(row: SelectionField<'_>) -> Columns {
    row.selection_set().fold(T::every(), |all, field| all | of_field::<T>(field.name()))
}

/// The columns of one field, beside those of every row: whole rows for a field that the table does not name.
pub(super) fn of_field<T: Planned>(name: &str) -> Columns {
    match name {
        "__typename" => Columns::NONE,
        name => T::field(name).map_or(Columns::ALL, |field| field.columns),
    }
}
