//! The demo's place and rules as an import file: two buildings, sixty homes, responsibility rules.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::checklist;
use super::people::{COMPANIES, OWNERS, STAFF, login};
use super::plans::{PlanRoom, PlanSpec};

/// The project's name.
pub(super) const NAME: &str = "滨江花园 Riverside Garden";
/// Its address.
pub(super) const TIME_ZONE: &str = "Asia/Shanghai";
/// The checklist of the internal rounds.
pub(super) const CHECKLIST: &str = "精装修分户检查表 Fitted home";
/// The common parts, each with its rooms: code, name, room type.
pub(super) const COMMON: &[(&str, &str, &str)] = &[("1-LOBBY", "1", "1"), ("2-LOBBY", "2", "1")];

/// The trades of each contractor. Trades that are not listed must be assigned by a person.
const TRADES: &[(&str, &[&str])] = &[
    ("HENGTAI", &["CIVIL", "PLASTER", "SCREED", "WATERPROOF"]),
    ("YAJU", &["PAINT", "TILE", "FLOORING", "CEILING", "INT_DOOR", "CABINET", "WARDROBE", "SANITARY", "WINDOW"]),
    ("ANJIE", &["PLUMBING", "ELECTRICAL", "LOWVOLT", "HVAC"]),
];

/// A home: its code and its unit type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) code: String,
    pub(super) unit_type: &'static str,
}

/// The homes in the order of a walk: building 1 has ten floors, building 2 two entrances of five.
pub(super) fn homes() -> Vec<Home> {
    let entrances = [("1", "1", 10), ("2", "1", 5), ("2", "2", 5)];
    let floors = entrances.into_iter().flat_map(|(building, entrance, floors)| {
        (1..=floors).map(move |floor| format!("{building}-{entrance}-{floor}"))
    });
    let homes = floors.flat_map(|floor| {
        let position = move |(position, unit_type)| Home { code: format!("{floor}{position}"), unit_type };
        POSITIONS.into_iter().map(position)
    });
    homes.collect()
}

/// The homes of each floor.
const POSITIONS: [(&str, &str); 3] = [("01", "A1"), ("02", "B1"), ("03", "C1")];

/// The import file of the project; `plans` are the unit types.
pub(super) fn import_file(code: &str, plans: &[PlanSpec]) -> Value {
    json!({
        "version": 1,
        "project": {
            "code": code,
            "name": NAME,
            "timeZone": TIME_ZONE,
            "policy": { "verifyingParties": ["DEVELOPER", "SUPERVISOR"], "escalateAfterFailedAttempts": 3 },
        },
        "companies": COMPANIES
            .iter()
            .map(|company| json!({ "code": company.code, "name": company.name, "kind": company.kind.as_str() }))
            .collect::<Vec<_>>(),
        "people": staff(),
        "buildings": [
            { "code": "1", "name": "1号楼 Building 1", "floors": 10 },
            { "code": "2", "name": "2号楼 Building 2", "floors": 5 },
        ],
        "unitTypes": plans.iter().map(unit_type).collect::<Vec<_>>(),
        "unitRanges": [range("1", "1", 10), range("2", "1", 5), range("2", "2", 5)],
        "units": COMMON.iter().map(|(code, building, entrance)| common(code, building, entrance)).collect::<Vec<_>>(),
        "owners": owners(),
        "responsibilityRules": rules(),
        "checklists": [{ "name": CHECKLIST, "items": checklist::items(plans) }],
    })
}

fn staff() -> Vec<Value> {
    let person = |member: &super::people::Member| {
        json!({
            "login": login(member.nick),
            "name": member.name,
            "company": member.company,
            "role": member.role.as_str(),
            "language": member.language,
        })
    };
    STAFF.iter().map(person).collect()
}

fn owners() -> Vec<Value> {
    let owner = |owner: &super::people::Owner| {
        let units = owner.units.iter().map(|(unit, kind)| json!({ "unit": unit, "kind": kind }));
        json!({
            "login": login(owner.nick),
            "name": owner.name,
            // Codes of owners' links are sent to it.
            "email": login(owner.nick),
            "language": owner.language,
            "units": units.collect::<Vec<_>>(),
        })
    };
    OWNERS.iter().map(owner).collect()
}

fn unit_type(plan: &PlanSpec) -> Value {
    let room = |room: &PlanRoom| {
        json!({
            "code": room.code,
            "name": format!("{} {}", room.name_zh, room.name_en),
            "roomType": room.room_type,
            "outline": room.outline,
        })
    };
    json!({
        "code": plan.code,
        "name": format!("{} / {}", plan.name_zh, plan.name_en),
        "fitout": "FITTED",
        "area": format!("{:.1}", plan.area_m2),
        "plan": { "base64": STANDARD.encode(plan.picture) },
        "rooms": plan.rooms.iter().map(room).collect::<Vec<_>>(),
    })
}

fn range(building: &str, entrance: &str, floors: i32) -> Value {
    let positions = POSITIONS.map(|(position, unit_type)| json!({ "position": position, "unitType": unit_type }));
    json!({
        "building": building,
        "entrance": entrance,
        "fromFloor": 1,
        "toFloor": floors,
        "positions": positions,
    })
}

fn common(code: &str, building: &str, entrance: &str) -> Value {
    json!({
        "code": code,
        "building": building,
        "entrance": entrance,
        "floor": 1,
        "kind": "COMMON",
        "rooms": [
            { "code": "LOB", "name": "大堂 Lobby", "roomType": "LOBBY" },
            { "code": "STW", "name": "楼梯间 Stairwell", "roomType": "STAIRWELL" },
        ],
    })
}

/// The contractor of each trade; in building 2 the main contractor also tiles.
fn rules() -> Vec<Value> {
    let by_trade = TRADES
        .iter()
        .flat_map(|(company, trades)| trades.iter().map(move |trade| json!({ "trade": trade, "company": company })));
    let exception = json!({ "trade": "TILE", "building": "2", "company": "HENGTAI" });
    by_trade.chain([exception]).collect()
}

#[cfg(test)]
/// The contractor that the rules name for a trade.
pub(super) fn contractor_of(trade: &str) -> Option<&'static str> {
    TRADES.iter().find(|(_, trades)| trades.contains(&trade)).map(|(company, _)| *company)
}

#[cfg(test)]
mod tests {
    use domain::taxonomy::Taxonomy;

    use super::*;
    use crate::plans::unit_type_plans;

    #[test]
    fn import_file_is_valid() {
        let taxonomy = Taxonomy::seed().expect("the seed");
        let document = domain::import::check(&import_file("RIVERSIDE", &unit_type_plans()), &taxonomy);
        let document = document.unwrap_or_else(|problems| panic!("{problems:#?}"));
        let units: Vec<String> =
            domain::import::all_units(&document).into_iter().map(|placed| placed.unit.code).collect();
        assert_eq!(units.len(), 62);
        assert_eq!(homes().len(), 60);
        assert!(homes().iter().all(|home| units.contains(&home.code)));
    }
}
