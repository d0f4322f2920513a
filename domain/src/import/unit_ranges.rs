//! Units as the file gives them: one by one, and by ranges of floors and positions.

use super::document::{ImportDocument, PositionEntry, UnitEntry, UnitRangeEntry};
use super::validate::limits;

/// A unit and the place in the file that it comes from.
#[derive(Debug, Clone)]
pub struct PlacedUnit {
    /// `units[3]` or `unitRanges[0]`.
    pub path: String,
    /// Whether it comes from a range.
    pub from_range: bool,
    /// The unit.
    pub unit: UnitEntry,
}

/// All units of the file, ranges written out; at most one more than may be in a file.
#[must_use]
pub fn all_units(document: &ImportDocument) -> Vec<PlacedUnit> {
    let single = document.units.iter().enumerate().map(|(index, unit)| PlacedUnit {
        path: format!("units[{index}]"),
        from_range: false,
        unit: unit.clone(),
    });
    let ranged = document.unit_ranges.iter().enumerate().flat_map(|(index, range)| {
        units_of(range).map(move |unit| PlacedUnit { path: format!("unitRanges[{index}]"), from_range: true, unit })
    });
    single.chain(ranged).take(limits::UNITS + 1).collect()
}

fn units_of(range: &UnitRangeEntry) -> impl Iterator<Item = UnitEntry> {
    // A wrong floor is reported elsewhere; here it must not become two thousand million units.
    let (from, to) = (range.from_floor.max(limits::LOWEST_FLOOR), range.to_floor.min(limits::FLOORS + 1));
    let floors = (from..=to).filter(|floor| *floor != 0 && !range.skip_floors.contains(floor));
    floors.flat_map(move |floor| range.positions.iter().map(move |position| unit(range, floor, position)))
}

fn unit(range: &UnitRangeEntry, floor: i32, position: &PositionEntry) -> UnitEntry {
    UnitEntry {
        code: code(range, floor, &position.position),
        building: range.building.clone(),
        entrance: range.entrance.clone(),
        floor,
        unit_type: Some(position.unit_type.clone()),
        kind: None,
        rooms: Vec::new(),
    }
}

/// The code by the range's template; `{floor2}` is the floor with two digits.
fn code(range: &UnitRangeEntry, floor: i32, position: &str) -> String {
    let usual = if range.entrance.is_some() {
        "{building}-{entrance}-{floor}{position}"
    } else {
        "{building}-{floor}{position}"
    };
    range
        .code
        .as_deref()
        .unwrap_or(usual)
        .replace("{floor2}", &format!("{floor:02}"))
        .replace("{floor}", &floor.to_string())
        .replace("{position}", position)
        .replace("{building}", &range.building)
        .replace("{entrance}", range.entrance.as_deref().unwrap_or_default())
}
