//! Reads are planned once for each selection, not resolved once for each row.
//!
//! # Why
//!
//! async-graphql makes a future on the heap for each field of each object, finds the field by its name each time, and
//! collects the answers of an object in a map. Most fields of a row only read a column. A plan finds each field once,
//! and then writes all rows by it.
//!
//! # How
//!
//! - **Hook.** A resolver answers [`PlannedList`] or [`PlannedObject`]: the same type in the schema as the list or the
//!   object alone. Its value is JSON already (see [`transport::json`]). Everything below it belongs to the plan.
//! - **Table.** A type has one table (`planned!`): for each field how it is written, and which columns it reads. A
//!   field without a selection calls its resolver, which is a plain function for this. The resolver of a relation
//!   answers a [`ToOne`] or a [`ToMany`], which both ways load.
//! - **Plan** (`selection`). The selected fields become steps in the order of the selection. A selection that is no
//!   normal form (the transport's `documents`), with directives or with a name twice, has no plan.
//! - **Level** (`level`). All rows of a level are loaded together: each relation collects its keys, asks its loader
//!   once, and loads the level below. There is one future for each relation of a level, none for a row. Fields that are
//!   not in the table, or are `asked` there, are resolved by the object itself for each row in the same step.
//! - **Writing** is depth first, in place, without waiting. An error empties the next object around it that may be null
//!   and is added to the errors of the answer, as the specification says. Objects and bytes are counted in the budget.
//!
//! Redaction stands before the plan: loaders hand out rows as the viewer may see them (`app::redacted`), and a plan
//! sees no others.
//!
//! # Reference
//!
//! [`PlainReads`] in a request's data turns plans off: then async-graphql resolves everything. Both ways answer the
//! same bytes, which `tests/it/access/plans.rs` shows with random documents for viewers of every role.

mod branches;
pub mod columns;
mod interface;
mod leaf;
mod level;
mod output;
mod part;
mod relation;
mod selection;
mod writer;

pub use branches::{many, one, part};
pub use interface::Interface;
pub use leaf::Leaf;
pub use level::{Below, Branch, Place};
pub use output::{PlannedList, PlannedObject};
pub use part::{Held, Holds};
pub use relation::{ById, Key, Relates, ToMany, ToOne};
pub use writer::Writer;

pub use store::columns::Columns;

use async_graphql::{Context, ContextBase, ObjectType};

use crate::error::ApiResult;

/// Turns plans off for a request.
#[derive(Clone, Copy, Debug)]
pub struct PlainReads;

/// Whether the reads of a request are planned.
fn has_plans<I>(ctx: &ContextBase<'_, I>) -> bool {
    ctx.data_opt::<PlainReads>().is_none()
}

/// A type whose objects are written by plans.
pub trait Planned: ObjectType + Clone + 'static {
    /// The columns that each row has, whatever is selected.
    fn every() -> Columns {
        Columns::ALL
    }

    /// How a field is written; none for one that the table does not name, which the object itself is asked for.
    fn field(name: &str) -> Option<FieldPlan<Self>>;
}

/// How one field of a type is written.
pub struct FieldPlan<T> {
    how: How<T>,
    /// The columns that it reads, beside those of every row.
    columns: Columns,
}

impl<T> FieldPlan<T> {
    /// A row of a table.
    pub const fn new(how: How<T>, columns: Columns) -> Self {
        Self { how, columns }
    }
}

/// The ways in which fields are written.
pub enum How<T> {
    /// By a value without a selection.
    Leaf(WriteLeaf<T>),
    /// By a value without a selection that depends on arguments, which are read once.
    Bound(BindLeaf<T>),
    /// By a plan for the selection below.
    Below(PlanBelow<T>),
    /// As the object itself answers.
    Asked,
}

/// Writes a value of a row as JSON.
pub type WriteLeaf<T> = fn(&T, &Context<'_>, &mut Vec<u8>) -> ApiResult<()>;
/// The same with arguments.
pub type WriteBound<T> = Box<dyn Fn(&T, &Context<'_>, &mut Vec<u8>) -> ApiResult<()> + Send + Sync>;
/// Reads the arguments; none when they do not fit, which the object itself reports.
pub type BindLeaf<T> = fn(&Context<'_>) -> Option<WriteBound<T>>;
/// Plans the selection below a field; none for a selection that only the object itself can answer.
pub type PlanBelow<T> = for<'a> fn(Context<'a>) -> Option<Box<dyn Branch<T> + 'a>>;

/// Declares the table of a type: `"field" => how(…) [columns]`, one row for each field.
///
/// - `leaf(resolver)`: a field without a selection, by its resolver.
/// - `value(|row| …)`: a field without a selection, by an expression.
/// - `bound(function)`: a field without a selection that has arguments ([`BindLeaf`]).
/// - `one(resolver)`, `many(resolver)`: a relation, by a resolver that answers a [`ToOne`], or an error instead
///   ([`Relates`]), or a [`ToMany`].
/// - `part(resolver)`: a field with a selection whose objects the row holds ([`Holds`]).
/// - `below(function)`: another field with a selection ([`PlanBelow`]), such as a relation with arguments.
/// - `asked()`: a field that the object itself answers; it stands here for its columns.
///
/// The columns of every row stand behind the type. A type without columns is read in whole rows. A resolver that reads a
/// column which its line does not name answers an error (`store::partial`).
macro_rules! planned {
    (@how $kind:ty, leaf($resolver:ident)) => {
        How::Leaf(|row: &$kind, ctx, text| Leaf::write_json(&row.$resolver(ctx), text))
    };
    (@how $kind:ty, value(|$row:ident| $value:expr)) => {
        How::Leaf(|$row: &$kind, _, text| Leaf::write_json(&$value, text))
    };
    (@how $kind:ty, bound($bind:expr)) => { How::Bound($bind) };
    (@how $kind:ty, below($plan:expr)) => { How::Below($plan) };
    (@how $kind:ty, one($resolver:ident)) => {
        How::Below(|ctx| $crate::plan::one(ctx, |row: &$kind, ctx| row.$resolver(ctx)))
    };
    (@how $kind:ty, many($resolver:ident)) => {
        How::Below(|ctx| $crate::plan::many(ctx, |row: &$kind, ctx: &async_graphql::Context<'_>| row.$resolver(ctx)))
    };
    (@how $kind:ty, part($resolver:ident)) => {
        How::Below(|ctx| $crate::plan::part(ctx, |row: &$kind, ctx| row.$resolver(ctx)))
    };
    (@how $kind:ty, asked()) => { How::Asked };
    (@columns) => { $crate::plan::Columns::NONE };
    (@columns [$($column:ident)+]) => { $crate::plan::Columns::of([$(Column::$column),+]) };
    ($kind:ty $([$table:ident: $($every:ident)+])? {
        $($name:literal => $how:ident($($with:tt)*) $([$($column:ident)+])?;)*
    }) => {
        impl $crate::plan::Planned for $kind {
            $(
                fn every() -> $crate::plan::Columns {
                    use store::entity::$table::Column;
                    $crate::plan::Columns::of([$(Column::$every),+])
                }
            )?

            fn field(name: &str) -> Option<$crate::plan::FieldPlan<Self>> {
                #[allow(unused_imports, reason = "a table may have no column and no relation")]
                use $crate::plan::{FieldPlan, How, Leaf};
                $(
                    #[allow(unused_imports, reason = "a table may name no column")]
                    use store::entity::$table::Column;
                )?
                Some(match name {
                    $(
                        $name => FieldPlan::new(
                            $crate::plan::planned!(@how $kind, $how($($with)*)),
                            $crate::plan::planned!(@columns $([$($column)+])?),
                        ),
                    )*
                    _ => return None,
                })
            }
        }
    };
}
pub(crate) use planned;

/// Declares by which id and which loader objects of types are found: `by_id! { Unit: UnitId = unit.units; }`.
macro_rules! by_id {
    ($($kind:ty: $id:ty = $($loader:ident).+;)+) => { $(
        impl $crate::plan::ById for $kind {
            type Id = $id;

            fn loader(
                loaders: &$crate::loaders::Loaders,
                _: $crate::plan::Columns,
            ) -> &$crate::loaders::BatchLoader<$id, Self> {
                &loaders.$($loader).+
            }
        }
    )+ };
}
pub(crate) use by_id;
