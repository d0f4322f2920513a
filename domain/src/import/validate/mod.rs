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

use self::codes::Codes;
use super::document::ImportDocument;
use super::problems::Problems;
use super::unit_ranges::{PlacedUnit, all_units};
use crate::taxonomy::Taxonomy;

/// Every problem of a document's content.
pub(super) fn document(document: &ImportDocument, seed: &Taxonomy) -> Problems {
    let mut check = Check { problems: Problems::default() };
    sizes::check(&mut check, document);
    if !check.problems.is_empty() {
        return check.problems;
    }
    let units = all_units(document);
    let taxonomy = terms::check(&mut check, &document.taxonomy, seed);
    project::check(&mut check, document);
    let known = Known::index(&mut check, document, &units);
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
}

impl Check {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
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
    fn index(check: &mut Check, document: &'a ImportDocument, units: &'a [PlacedUnit]) -> Self {
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
        Self {
            companies: Codes::index(check, "company", listed("companies", &document.companies, |c| c.code.as_str())),
            buildings: Codes::index(check, "building", listed("buildings", &document.buildings, |b| b.code.as_str())),
            unit_types: Codes::index(
                check,
                "unit type",
                listed("unitTypes", &document.unit_types, |t| t.code.as_str()),
            ),
            units: Codes::index(check, "unit", unit_codes),
        }
    }
}
