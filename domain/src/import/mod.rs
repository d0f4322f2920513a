//! The import file of a project: its document, and everything that can be wrong with one.
//!
//! [`check`] reads a JSON value and answers the document, or every problem with its place.

mod document;
mod kind;
mod problems;
mod read;
mod shape;
mod unit_ranges;
mod validate;

use serde_json::Value;

pub use document::*;
pub use kind::ImportedKind;
pub use problems::{PROBLEM_LIMIT, Problem};
pub use read::FORMAT_VERSION;
pub use unit_ranges::{PlacedUnit, all_units};
pub use validate::limits;

use crate::taxonomy::Taxonomy;

/// Reads and validates a file, with every problem of shape and content at once.
///
/// # Errors
/// All problems, at most [`PROBLEM_LIMIT`] and then one that counts the rest.
pub fn check(file: &Value, taxonomy: &Taxonomy) -> Result<ImportDocument, Vec<Problem>> {
    let (document, mut problems) = read::document(file);
    problems.append_unless_reported(validate::document(&document, taxonomy));
    let problems = problems.into_list();
    if problems.is_empty() { Ok(document) } else { Err(problems) }
}

/// Validates a document that was made by a program; empty when all is well.
#[must_use]
pub fn validate(document: &ImportDocument, taxonomy: &Taxonomy) -> Vec<Problem> {
    validate::document(document, taxonomy).into_list()
}
