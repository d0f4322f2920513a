//! What a document may ask for, decided on the parsed document before anything runs.
//!
//! The cost of a document is a sum over its fields:
//!
//! - a field of a scalar or enum costs nothing, a field of an object costs 1 and what is asked of that object;
//! - a list multiplies that by `1 + rows / 10`: `rows` is `first` or `last` (100 at most, 20 if left out) of a paged
//!   field, the number of `ids` where ids are given, and 10 for any other list;
//! - the wrappers of a page (`edges`, `node`, `nodes`, `pageInfo`) are free: the paged field has been counted;
//! - `__schema` and `__type` cost 20 each, whatever is asked of them.
//!
//! A unit with its rooms, 50 defects of each, and their photos, company and assignee comes to 63.
//!
//! Every fragment is measured once, after those that it spreads, so the work is linear in the document however often
//! the fragments spread each other; the sums saturate.

mod measure;
mod nesting;
mod once;
mod shapes;

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

pub use measure::{Measure, Measured};
pub use nesting::check_nesting;
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
        }
    }
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
    /// What was asked for, and what would be right.
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
    let mut violations = over_limits(limits, &measured);
    violations.extend(once::check(document, operation));
    if measured.chosen.meta_depth > 0 && !introspection {
        violations.push(Violation::new(
            "INTROSPECTION_DISABLED",
            "introspection is switched off here: read schema.graphql instead".to_owned(),
        ));
    }
    if violations.is_empty() { Ok(measured.chosen.cost.max(1)) } else { Err(violations) }
}

fn over_limits(limits: &Limits, measured: &Measured) -> Vec<Violation> {
    let Measure { depth, cost, aliases, directives, root_fields, meta_depth, meta_lists, .. } = measured.chosen;
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
