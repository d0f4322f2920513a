//! How large the lists are; looked at first, because nothing else is worth looking at in a file that is too large.

use super::check::Check;
use super::limits;
use crate::import::document::{ImportDocument, RoomEntry};

/// Notes every list that is longer than a file may hold.
pub(super) fn check(check: &mut Check, document: &ImportDocument) {
    let own = &document.taxonomy;
    let lists = [
        ("companies", document.companies.len(), limits::COMPANIES),
        ("people", document.people.len(), limits::PEOPLE),
        ("buildings", document.buildings.len(), limits::BUILDINGS),
        ("unitTypes", document.unit_types.len(), limits::UNIT_TYPES),
        ("units", document.units.len(), limits::UNITS),
        ("unitRanges", document.unit_ranges.len(), limits::RANGES),
        ("owners", document.owners.len(), limits::OWNERS),
        ("responsibilityRules", document.responsibility_rules.len(), limits::RULES),
        ("checklists", document.checklists.len(), limits::CHECKLISTS),
        ("taxonomy.roomTypes", own.room_types.len(), limits::TERMS),
        ("taxonomy.trades", own.trades.len(), limits::TERMS),
        ("taxonomy.parts", own.parts.len(), limits::TERMS),
        ("taxonomy.defectTypes", own.defect_types.len(), limits::TERMS),
        ("taxonomy.measurements", own.measurements.len(), limits::TERMS),
    ];
    for (path, count, limit) in lists {
        at_most(check, || path.to_owned(), count, limit);
    }
    nested(check, document);
}

fn nested(check: &mut Check, document: &ImportDocument) {
    for (index, unit_type) in document.unit_types.iter().enumerate() {
        rooms(check, &format!("unitTypes[{index}].rooms"), &unit_type.rooms);
    }
    for (index, unit) in document.units.iter().enumerate().filter(|(_, unit)| !unit.rooms.is_empty()) {
        rooms(check, &format!("units[{index}].rooms"), &unit.rooms);
    }
    for (index, range) in document.unit_ranges.iter().enumerate() {
        at_most(check, || format!("unitRanges[{index}].positions"), range.positions.len(), limits::POSITIONS);
        at_most(check, || format!("unitRanges[{index}].skipFloors"), range.skip_floors.len(), limits::POSITIONS);
    }
    for (index, owner) in document.owners.iter().enumerate() {
        at_most(check, || format!("owners[{index}].units"), owner.units.len(), limits::UNITS_OF_AN_OWNER);
    }
    for (index, checklist) in document.checklists.iter().enumerate() {
        at_most(check, || format!("checklists[{index}].items"), checklist.items.len(), limits::ITEMS);
    }
}

fn rooms(check: &mut Check, path: &str, rooms: &[RoomEntry]) {
    at_most(check, || path.to_owned(), rooms.len(), limits::ROOMS_OF_A_TYPE);
    for (index, room) in rooms.iter().enumerate() {
        at_most(check, || format!("{path}[{index}].outline"), room.outline.len(), limits::CORNERS);
    }
}

fn at_most(check: &mut Check, path: impl FnOnce() -> String, count: usize, limit: usize) {
    if count > limit {
        let en = format!("has {count} entries; at most {limit} are possible");
        check.problem(path(), (en, format!("有 {count} 项；最多 {limit} 项")));
    }
}
