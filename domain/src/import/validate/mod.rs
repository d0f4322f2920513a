//! Checks what a document says: references, codes, sizes, and sense.

mod checklists;
mod codes;
pub mod limits;
mod outline;
mod people;
mod places;
mod project;
mod sizes;
mod terms;
mod texts;

use std::collections::HashSet;

use self::codes::Codes;
use super::document::ImportDocument;
use super::phrases::{BUILDING, COMPANY, UNIT, UNIT_TYPE};
use super::problems::Problems;
use super::unit_ranges::{PlacedUnit, all_units};
use crate::taxonomy::Taxonomy;
use crate::words::Bilingual;

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

/// The look at one document.
struct Check {
    problems: Problems,
    /// Codes that the project has already, and that new ones may not be: odd in their form, or the same to read as another.
    known_codes: HashSet<String>,
    /// Codes of the document that were refused for their form.
    odd_codes: HashSet<String>,
}

impl Check {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<Bilingual>) {
        self.problems.push(path, message);
    }
}

/// The codes that others refer to.
struct Known<'a> {
    companies: Codes<'a>,
    buildings: Codes<'a>,
    unit_types: Codes<'a>,
    units: Codes<'a>,
}

impl<'a> Known<'a> {
    fn index(check: &mut Check, document: &'a ImportDocument, units: &'a [PlacedUnit], ranges_lost: bool) -> Self {
        fn listed<'a, T>(
            list: &'static str,
            entries: &'a [T],
            code: impl Fn(&'a T) -> &'a str,
        ) -> impl Iterator<Item = (String, &'a str)> {
            entries.iter().enumerate().map(move |(index, entry)| (format!("{list}[{index}].code"), code(entry)))
        }
        let unit_codes = units.iter().map(|placed| {
            let path = if placed.from_range { placed.path.clone() } else { format!("{}.code", placed.path) };
            (path, placed.unit.code.as_str())
        });
        let entries = [
            listed("companies", &document.companies, |c| c.code.as_str()).collect::<Vec<_>>(),
            listed("buildings", &document.buildings, |b| b.code.as_str()).collect(),
            listed("unitTypes", &document.unit_types, |t| t.code.as_str()).collect(),
            unit_codes.clone().collect(),
        ];
        for (path, code) in entries.iter().flatten() {
            check.plain_code(path, code);
        }
        // A unit of a building whose code cannot be read, or of a range that cannot, has a code that nobody wrote; and a
        // range may have lost all of its units.
        let is_lost = |placed: &PlacedUnit| placed.unit.building.is_empty() || (ranges_lost && placed.from_range);
        let unit_codes = unit_codes
            .zip(units)
            .map(|((path, code), placed)| (path, if is_lost(placed) { "" } else { code }))
            .chain(ranges_lost.then(|| (String::new(), "")));
        Self {
            companies: Codes::index(check, COMPANY, listed("companies", &document.companies, |c| c.code.as_str())),
            buildings: Codes::index(check, BUILDING, listed("buildings", &document.buildings, |b| b.code.as_str())),
            unit_types: Codes::index(check, UNIT_TYPE, listed("unitTypes", &document.unit_types, |t| t.code.as_str())),
            units: Codes::index(check, UNIT, unit_codes),
        }
    }
}
