//! The import file of a project: its document, and everything that can be wrong with one.
//!
//! [`check`] reads a JSON value and answers the document, or every problem with its place.

mod document;
mod kind;
pub mod phrases;
mod problems;
mod read;
mod shape;
mod unit_ranges;
mod validate;

#[cfg(test)]
mod chinese_tests;

use std::collections::{HashMap, HashSet};

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
    check_with(file, taxonomy, Known::default())
}

/// Facts about a file besides its value.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Codes that the project has already, in a form that new ones may not have.
    pub codes: HashSet<String>,
    /// How numbers are written in the file, by their values as JSON writes them; only those that are written in one
    /// way.
    pub spellings: HashMap<String, String>,
}

/// Checks a file together with the facts about it.
///
/// # Errors
/// As [`check`].
pub fn check_with(file: &Value, taxonomy: &Taxonomy, known: Known) -> Result<ImportDocument, Vec<Problem>> {
    if !file.is_object() {
        // Each missing field would only say it again.
        return Err(vec![read::no_object(file)]);
    }
    let (document, mut problems) = read::document(file, known.spellings);
    let lost = problems.any_at("unitRanges[");
    problems.append_unless_reported(validate::document(&document, taxonomy, known.codes, lost));
    let problems = problems.into_list();
    if problems.is_empty() { Ok(document) } else { Err(problems) }
}

/// Validates a document that was made by a program; empty when all is well.
#[must_use]
pub fn validate(document: &ImportDocument, taxonomy: &Taxonomy) -> Vec<Problem> {
    validate::document(document, taxonomy, HashSet::new(), false).into_list()
}
