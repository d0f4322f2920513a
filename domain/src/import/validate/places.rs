//! Buildings, unit types with their rooms, and units.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::check::Check;
use super::codes::{Codes, of_terms, one_of};
use super::known::Known;
use super::{limits, outline};
use crate::import::document::{BuildingEntry, ImportDocument, PlanEntry, RoomEntry, UnitEntry, UnitRangeEntry};
use crate::import::phrases::{EMPTY, PICTURE_TOO_LARGE, ROOM, ROOM_TYPE, quoted};
use crate::import::unit_ranges::PlacedUnit;
use crate::place::Fitout;
use crate::taxonomy::{Taxonomy, TermKind};
use crate::unit::UnitKind;

pub(super) fn buildings(check: &mut Check, document: &ImportDocument) {
    for (index, building) in document.buildings.iter().enumerate() {
        let path = format!("buildings[{index}]");
        check.code(format!("{path}.code"), &building.code);
        check.name(format!("{path}.name"), &building.name);
        if !(1..=limits::FLOORS).contains(&building.floors) {
            let (floors, most) = (building.floors, limits::FLOORS);
            let en = format!("is {floors}; a building has 1 to {most} floors");
            check.problem(format!("{path}.floors"), (en, format!("现为 {floors}；楼栋应有 1 到 {most} 层")));
        }
    }
}

pub(super) fn unit_types(check: &mut Check, document: &ImportDocument, taxonomy: &Taxonomy) {
    for (index, unit_type) in document.unit_types.iter().enumerate() {
        let path = format!("unitTypes[{index}]");
        check.code(format!("{path}.code"), &unit_type.code);
        check.name(format!("{path}.name"), &unit_type.name);
        one_of(check, format!("{path}.fitout"), &unit_type.fitout, Fitout::ALL);
        if unit_type.area.is_some_and(|area| area <= Decimal::ZERO || area > Decimal::from(100_000)) {
            let en = "must be more than 0 and at most 100000 square metres";
            check.problem(format!("{path}.area"), (en, "应大于 0 且不超过 100000 平方米"));
        }
        if let Some(plan) = &unit_type.plan {
            picture(check, &format!("{path}.plan"), plan);
        }
        if unit_type.rooms.is_empty() {
            check.problem(format!("{path}.rooms"), ("must have at least one room", "至少要有一个房间"));
        }
        rooms(check, &format!("{path}.rooms"), &unit_type.rooms, taxonomy);
    }
}

fn picture(check: &mut Check, path: &str, plan: &PlanEntry) {
    match (&plan.file, &plan.base64) {
        (Some(_), Some(_)) => {
            check.problem(path, ("has both file and base64; keep one of the two", "file 和 base64 只能保留一个"));
        }
        (None, None) => {
            let en = "needs file or base64; leave plan out when there is no picture";
            check.problem(path, (en, "须有 file 或 base64；没有图片时请删去 plan"));
        }
        (Some(file), None) if file.is_empty() => check.problem(format!("{path}.file"), EMPTY),
        (None, Some(bytes)) if bytes.is_empty() => check.problem(format!("{path}.base64"), EMPTY),
        (None, Some(bytes)) if bytes.len() > limits::PLAN_BASE64 => {
            check.problem(format!("{path}.base64"), PICTURE_TOO_LARGE);
        }
        _ => {}
    }
}

fn rooms(check: &mut Check, path: &str, rooms: &[RoomEntry], taxonomy: &Taxonomy) {
    let codes = rooms.iter().enumerate().map(|(index, room)| (format!("{path}[{index}].code"), room.code.as_str()));
    Codes::index(check, ROOM, codes);
    for (index, room) in rooms.iter().enumerate() {
        let path = format!("{path}[{index}]");
        check.code(format!("{path}.code"), &room.code);
        check.name(format!("{path}.name"), &room.name);
        let known = taxonomy.terms(TermKind::RoomType).iter().map(|term| term.code.as_str());
        of_terms(check, format!("{path}.roomType"), ROOM_TYPE, &room.room_type, known);
        if let Some(message) = outline::fault(&room.outline) {
            check.problem(format!("{path}.outline"), message);
        }
    }
}

/// Units one by one, ranges, and how much it is altogether.
pub(super) fn units(
    check: &mut Check,
    document: &ImportDocument,
    units: &[PlacedUnit],
    known: &Known<'_>,
    taxonomy: &Taxonomy,
) {
    if units.is_empty() {
        let en = "there are no units; list them under units or unitRanges";
        check.problem("units", (en, "没有任何户；请写在 units 或 unitRanges 中"));
    }
    let buildings: HashMap<&str, &BuildingEntry> = document.buildings.iter().map(|b| (b.code.as_str(), b)).collect();
    for (index, unit) in document.units.iter().enumerate() {
        let path = format!("units[{index}]");
        let building = known.buildings.refer(check, format!("{path}.building"), &unit.building);
        let building = buildings.get(unit.building.as_str()).copied().filter(|_| building);
        one_unit(check, &path, unit, building, known, taxonomy);
    }
    for (index, entry) in document.unit_ranges.iter().enumerate() {
        range(check, &format!("unitRanges[{index}]"), entry, &buildings, known);
    }
    if units.len() > limits::UNITS {
        let most = limits::UNITS;
        let en = format!("there are more than {most} units, ranges included");
        check.problem("units", (en, format!("户数超过 {most}（含 unitRanges）")));
    }
    total_of_rooms(check, document, units);
}

fn one_unit(
    check: &mut Check,
    path: &str,
    unit: &UnitEntry,
    building: Option<&BuildingEntry>,
    known: &Known<'_>,
    taxonomy: &Taxonomy,
) {
    check.code(format!("{path}.code"), &unit.code);
    check.opt_name(format!("{path}.entrance"), unit.entrance.as_deref());
    let kind = match &unit.kind {
        Some(kind) => one_of(check, format!("{path}.kind"), kind, UnitKind::ALL),
        None => Some(UnitKind::Residential),
    };
    if let (Some(kind), Some(building)) = (kind, building) {
        floor(check, format!("{path}.floor"), unit.floor, kind, building);
    }
    match &unit.unit_type {
        Some(unit_type) => {
            known.unit_types.refer(check, format!("{path}.unitType"), unit_type);
            if !unit.rooms.is_empty() {
                let en = "the rooms come from the unit type; leave one of the two out";
                check.problem(format!("{path}.rooms"), (en, "房间由户型决定；rooms 和 unitType 请删去其一"));
            }
        }
        None if kind == Some(UnitKind::Residential) => {
            let en = "is missing; only a unit of kind COMMON can do without";
            check.problem(format!("{path}.unitType"), (en, "缺少此项；只有 COMMON 类的户可以不写"));
        }
        None => rooms(check, &format!("{path}.rooms"), &unit.rooms, taxonomy),
    }
}

fn floor(check: &mut Check, path: String, floor: i32, kind: UnitKind, building: &BuildingEntry) {
    if building.floors < 1 {
        // The building's own problem says so.
        return;
    }
    let (lowest, highest) = match kind {
        UnitKind::Residential => (1, building.floors),
        // The roof is one above the highest floor.
        UnitKind::Common => (limits::LOWEST_FLOOR, building.floors.saturating_add(1)),
    };
    if !(lowest..=highest).contains(&floor) || floor == 0 {
        let zero = if lowest < 0 { (", without 0", "，不含 0") } else { ("", "") };
        let code = quoted(&building.code);
        let en = format!("is {floor}; in building {} it must be from {lowest} to {highest}{}", code.en, zero.0);
        check.problem(path, (en, format!("现为 {floor}；楼栋{}中应为 {lowest} 到 {highest}{}", code.zh, zero.1)));
    }
}

fn range(
    check: &mut Check,
    path: &str,
    range: &UnitRangeEntry,
    buildings: &HashMap<&str, &BuildingEntry>,
    known: &Known<'_>,
) {
    known.buildings.refer(check, format!("{path}.building"), &range.building);
    check.opt_name(format!("{path}.entrance"), range.entrance.as_deref());
    if let Some(building) = buildings.get(range.building.as_str()) {
        floor(check, format!("{path}.fromFloor"), range.from_floor, UnitKind::Residential, building);
        floor(check, format!("{path}.toFloor"), range.to_floor, UnitKind::Residential, building);
    }
    if range.to_floor < range.from_floor {
        let from = range.from_floor;
        let message = (format!("is below fromFloor, which is {from}"), format!("低于 fromFloor（{from}）"));
        check.problem(format!("{path}.toFloor"), message);
    }
    if range.positions.is_empty() {
        check.problem(format!("{path}.positions"), ("must have at least one position", "至少要有一个位置"));
    }
    for (index, position) in range.positions.iter().enumerate() {
        let path = format!("{path}.positions[{index}]");
        check.code(format!("{path}.position"), &position.position);
        known.unit_types.refer(check, format!("{path}.unitType"), &position.unit_type);
    }
    if let Some(template) = &range.code {
        code_template(check, format!("{path}.code"), template);
    }
}

fn code_template(check: &mut Check, path: String, template: &str) {
    check.code(path.clone(), template);
    let mut rest = template.to_owned();
    for place in ["{building}", "{entrance}", "{floor}", "{floor2}", "{position}"] {
        rest = rest.replace(place, "");
    }
    if rest.contains(['{', '}']) {
        let en = "the places are {building}, {entrance}, {floor}, {floor2} and {position}";
        check.problem(path, (en, "可用的占位符：{building}、{entrance}、{floor}、{floor2}、{position}"));
    }
}

fn total_of_rooms(check: &mut Check, document: &ImportDocument, units: &[PlacedUnit]) {
    let by_type: HashMap<&str, usize> = document.unit_types.iter().map(|t| (t.code.as_str(), t.rooms.len())).collect();
    let of = |unit: &UnitEntry| match &unit.unit_type {
        Some(code) => by_type.get(code.as_str()).copied().unwrap_or_default(),
        None => unit.rooms.len(),
    };
    let total: usize = units.iter().map(|placed| of(&placed.unit)).sum();
    if total > limits::ROOMS {
        let most = limits::ROOMS;
        let en = format!("have {total} rooms altogether; at most {most} are possible");
        check.problem("units", (en, format!("共有 {total} 个房间；最多 {most} 个")));
    }
}
