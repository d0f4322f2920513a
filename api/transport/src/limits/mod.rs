//! The limits of a document, checked on the parsed document before anything runs.
//!
//! The cost of a document is that of its expected rows and statements:
//!
//! - each object costs a tenth of a point, `own + rows × below`: `rows` is `first` or `last` of a page (20 if left
//!   out), the number of `ids` where ids are given, and the expected size of any other list (see [`Prices`]);
//! - each field with a selection costs a point for its statement, however many rows share it; a page costs a point for
//!   each object that it hangs on; counts, the overview and text searches cost 10 to 50 points and more;
//! - a command costs 5 points and more, by the items that it touches, and the selection of its answer for each;
//! - the wrappers of a page (`edges`, `node`, `nodes`, `pageInfo`) are free: the paged field has been counted;
//! - a flat page (of `changes`) costs a few points, unless its selection is dearer than the reference client's;
//! - a variable that is used again costs a point for each 16 KiB of it;
//! - `__schema` and `__type` cost 20 each, for any selection.
//!
//! A request costs at least the price of its bytes ([`price_of_bytes`]), which is taken before anything is parsed.
//!
//! Every fragment is measured once, after those that it spreads, so the work is linear in the document however often
//! the fragments spread each other; the sums saturate.

mod arguments;
mod measure;
mod nesting;
mod prices;
mod shapes;
mod single_mutations;

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

use crate::budget::BudgetLimits;

pub use measure::{Measure, Measured};
pub use nesting::check_nesting;
pub use prices::{COMMAND_DEFAULT, Command, FieldCost, FlatPage, Prices, Size};
pub use shapes::Shapes;

/// The limits of one document. The defaults are the published ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the document's text.
    pub document_bytes: usize,
    /// Levels of nested fields.
    pub depth: u64,
    /// Points of cost.
    pub cost: u64,
    /// Fields at the root of the operation.
    pub root_fields: u64,
    /// Aliases in the operation, fragments expanded.
    pub aliases: u64,
    /// Directives in the operation, fragments expanded.
    pub directives: u64,
    /// Fragments defined.
    pub fragments: u64,
    /// Selections of all operations, and of each fragment, fragments expanded.
    pub selections: u64,
    /// Errors in one answer.
    pub errors: usize,
    /// Objects and bytes of one answer, counted while it is made.
    pub answer: BudgetLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 * 1024,
            depth: 12,
            cost: 500,
            root_fields: 30,
            aliases: 30,
            directives: 50,
            fragments: 100,
            selections: 5_000,
            errors: 50,
            answer: BudgetLimits { objects: 50_000, bytes: 5_000_000 },
        }
    }
}

/// Bytes of a document that one point pays for.
pub const DOCUMENT_BYTES_PER_POINT: usize = 1024;
/// Bytes of a request's body that one point pays for.
pub const BODY_BYTES_PER_POINT: usize = 16 * 1024;

/// Points of a request by its size alone, the first one included.
pub fn price_of_bytes(document: usize, body: usize) -> u64 {
    1 + (document / DOCUMENT_BYTES_PER_POINT + body / BODY_BYTES_PER_POINT) as u64
}

/// Levels of nested fields below `__schema` and `__type`: what the usual introspection query takes, and some.
const META_DEPTH: u64 = 20;
/// Lists in lists below `__schema` and `__type`: three would multiply into the whole schema squared.
const META_LISTS: u64 = 2;

/// One reason for which a document was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which limit, for programs.
    pub code: &'static str,
    /// The requested amount, and the allowed one.
    pub message: String,
}

impl Violation {
    fn new(code: &'static str, message: String) -> Self {
        Self { code, message }
    }

    fn over(code: &'static str, what: &str, found: u64, limit: u64) -> Option<Self> {
        (found > limit).then(|| {
            Self::new(
                code,
                format!("the document's {what} is {found}, {limit} at most: ask for less, in several requests"),
            )
        })
    }
}

/// Measures the named operation (or the only one) and answers its cost in points, or all limits that it is over.
pub fn check(
    limits: &Limits,
    shapes: &Shapes,
    introspection: bool,
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Result<u64, Vec<Violation>> {
    let fragments = document.fragments.len() as u64;
    if let Some(over) = Violation::over("FRAGMENT_LIMIT_EXCEEDED", "number of fragments", fragments, limits.fragments) {
        return Err(vec![over]);
    }
    let measured = Measured::of(document, shapes, operation, variables).map_err(|name| {
        vec![Violation::new(
            "FRAGMENT_CYCLE",
            format!("fragment \"{name}\" spreads itself, directly or through others"),
        )]
    })?;
    let mut violations: Vec<_> =
        single_mutations::check(shapes.prices().single_mutations, document, operation).into_iter().collect();
    violations.extend(over_limits(limits, &measured));
    if measured.chosen.meta_depth > 0 && !introspection {
        violations.push(Violation::new(
            "INTROSPECTION_DISABLED",
            "introspection is switched off here: read schema.graphql instead".to_owned(),
        ));
    }
    if let Some(right) = measured.bad_page {
        violations.push(Violation::new("BAD_PAGE", right.to_owned()));
    }
    if violations.is_empty() { Ok(measured.chosen.cost().max(1)) } else { Err(violations) }
}

fn over_limits(limits: &Limits, measured: &Measured) -> Vec<Violation> {
    let Measure { depth, aliases, directives, root_fields, meta_depth, meta_lists, .. } = measured.chosen;
    let cost = measured.chosen.cost();
    [
        ("DEPTH_LIMIT_EXCEEDED", "depth", depth, limits.depth),
        ("COST_LIMIT_EXCEEDED", "cost", cost, limits.cost),
        ("ROOT_FIELD_LIMIT_EXCEEDED", "number of root fields", root_fields, limits.root_fields),
        ("ALIAS_LIMIT_EXCEEDED", "number of aliases", aliases, limits.aliases),
        ("DIRECTIVE_LIMIT_EXCEEDED", "number of directives", directives, limits.directives),
        ("SELECTION_LIMIT_EXCEEDED", "number of selections", measured.selections, limits.selections),
        ("DEPTH_LIMIT_EXCEEDED", "depth of introspection", meta_depth, META_DEPTH),
        ("DEPTH_LIMIT_EXCEEDED", "number of nested lists in introspection", meta_lists, META_LISTS),
    ]
    .into_iter()
    .filter_map(|(code, what, found, limit)| Violation::over(code, what, found, limit))
    .collect()
}
