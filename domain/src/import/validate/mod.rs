//! Checks what a document says: references, codes, sizes, and sense.

mod check;
mod checklists;
mod codes;
mod known;
pub mod limits;
mod outline;
mod people;
mod places;
mod project;
mod sizes;
mod terms;
mod texts;

use std::collections::HashSet;

use self::check::Check;
use self::known::Known;
use super::document::ImportDocument;
use super::problems::Problems;
use super::unit_ranges::all_units;
use crate::taxonomy::Taxonomy;

/// Every problem of a document's content. `ranges_lost` says that a part of a range could not be read.
pub(super) fn document(
    document: &ImportDocument,
    seed: &Taxonomy,
    known_codes: HashSet<String>,
    ranges_lost: bool,
) -> Problems {
    let mut check = Check { problems: Problems::default(), known_codes, odd_codes: HashSet::new() };
    sizes::check(&mut check, document);
    if !check.problems.is_empty() {
        return check.problems;
    }
    let units = all_units(document);
    let taxonomy = terms::check(&mut check, &document.taxonomy, seed);
    project::check(&mut check, document);
    let known = Known::index(&mut check, document, &units, ranges_lost);
    people::companies(&mut check, document);
    people::staff(&mut check, document, &known);
    places::buildings(&mut check, document);
    places::unit_types(&mut check, document, &taxonomy);
    places::units(&mut check, document, &units, &known, &taxonomy);
    people::owners(&mut check, document, &known);
    project::rules(&mut check, document, &known, &taxonomy);
    checklists::check(&mut check, document, &taxonomy);
    check.problems
}
