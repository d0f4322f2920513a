//! The columns to read, by the fields that are selected.

use async_graphql::{Context, SelectionField};
use store::columns::Columns;

/// The columns that a field of a row needs; none for a field that does not know, or needs the whole row.
pub type RequiredColumns = fn(field: &str) -> Option<Columns>;

/// The columns that the selected fields of a list's rows need.
pub fn columns_of_rows(ctx: &Context<'_>, required: RequiredColumns) -> Columns {
    columns_of(ctx.field(), required)
}

/// The same for the rows of a connection.
pub fn columns_of_nodes(ctx: &Context<'_>, required: RequiredColumns) -> Columns {
    let list = ctx.field();
    let below = list.selection_set().flat_map(|part| match part.name() {
        "nodes" => vec![part],
        "edges" => part.selection_set().filter(|part| part.name() == "node").collect(),
        _ => Vec::new(),
    });
    below.map(|row| columns_of(row, required)).fold(Columns::NONE, |all, columns| all | columns)
}

/// The same for rows that stand below these fields of what a list holds.
pub fn columns_of_parts(ctx: &Context<'_>, parts: &[&str], required: RequiredColumns) -> Columns {
    let list = ctx.field();
    let rows = list.selection_set().filter(|part| parts.contains(&part.name()));
    rows.map(|row| columns_of(row, required)).fold(Columns::NONE, |all, columns| all | columns)
}

fn columns_of(row: SelectionField<'_>, required: RequiredColumns) -> Columns {
    row.selection_set()
        .try_fold(Columns::NONE, |all, field| Some(all | required(field.name())?))
        .unwrap_or(Columns::ALL)
}
