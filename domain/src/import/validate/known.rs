//! The codes of a document that its other parts refer to.

use super::check::Check;
use super::codes::Codes;
use crate::import::document::ImportDocument;
use crate::import::phrases::{BUILDING, COMPANY, UNIT, UNIT_TYPE};
use crate::import::unit_ranges::PlacedUnit;

/// The codes that others refer to.
pub(super) struct Known<'a> {
    pub(super) companies: Codes<'a>,
    pub(super) buildings: Codes<'a>,
    pub(super) unit_types: Codes<'a>,
    pub(super) units: Codes<'a>,
}

impl<'a> Known<'a> {
    pub(super) fn index(
        check: &mut Check,
        document: &'a ImportDocument,
        units: &'a [PlacedUnit],
        ranges_lost: bool,
    ) -> Self {
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
        // A unit with an unreadable building code or range has a code that the file does not contain; and a range may
        // have lost all of its units.
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
