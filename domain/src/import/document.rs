//! The import document: one project as people write it down, with codes instead of ids.
//!
//! `docs/import.md` describes the file. Codes stay text here: [`super::validate`] checks the references, so that one
//! wrong code does not hide the next.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::taxonomy::{MeasurementRule, Term};

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportDocument {
    /// The project itself.
    pub project: ProjectEntry,
    /// The companies of the four parties.
    pub companies: Vec<CompanyEntry>,
    /// Their staff.
    pub people: Vec<PersonEntry>,
    /// The buildings, in the order in which they are listed to people.
    pub buildings: Vec<BuildingEntry>,
    /// Floor plans with their rooms.
    pub unit_types: Vec<UnitTypeEntry>,
    /// Units one by one.
    pub units: Vec<UnitEntry>,
    /// Units of a whole entrance at once.
    pub unit_ranges: Vec<UnitRangeEntry>,
    /// The owners of units.
    pub owners: Vec<OwnerEntry>,
    /// Which contractor new defects go to.
    pub responsibility_rules: Vec<RuleEntry>,
    /// The checklists of rounds.
    pub checklists: Vec<ChecklistEntry>,
    /// The project's own vocabulary, laid over the one that comes with the program.
    pub taxonomy: TaxonomyEntry,
}

/// The project.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectEntry {
    /// By which the project is found again.
    pub code: String,
    /// Its name.
    pub name: String,
    /// IANA time zone, `Asia/Shanghai`.
    pub time_zone: String,
    /// Fields of the policy that differ from the default.
    pub policy: Map<String, Value>,
}

/// A company.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CompanyEntry {
    /// Its code in this project.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its party.
    pub kind: String,
}

/// One of the staff.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonEntry {
    /// By which the person signs in and is found again.
    pub login: String,
    /// The name.
    pub name: String,
    /// The phone.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The company's code.
    pub company: String,
    /// The role.
    pub role: String,
    /// The language of messages; English when left out.
    pub language: Option<String>,
    /// The first password, used only when the person is new.
    #[serde(skip_serializing)]
    pub password: Option<String>,
}

/// A building.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildingEntry {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Floors above ground.
    pub floors: i32,
}

/// A unit type.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitTypeEntry {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `BARE` or `FITTED`.
    pub fitout: String,
    /// Area in square metres.
    pub area: Option<Decimal>,
    /// The floor plan's picture.
    pub plan: Option<PlanEntry>,
    /// Its rooms.
    pub rooms: Vec<RoomEntry>,
}

/// A floor plan's picture, PNG or JPEG: one of the two.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanEntry {
    /// A file beside the import file; only for the command line.
    pub file: Option<String>,
    /// The bytes in base64.
    pub base64: Option<String>,
}

/// A room of a unit type, or of a common unit without type.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomEntry {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The purpose of the room.
    pub room_type: String,
    /// Corners on the plan, x and y from 0 to 1; empty when it is not drawn.
    pub outline: Vec<[f64; 2]>,
}

/// A unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitEntry {
    /// Its code, unique in the project.
    pub code: String,
    /// The building's code.
    pub building: String,
    /// The entrance.
    pub entrance: Option<String>,
    /// The floor: 1 is the ground floor, below 0 basements.
    pub floor: i32,
    /// The unit type's code.
    pub unit_type: Option<String>,
    /// `RESIDENTIAL` when left out.
    pub kind: Option<String>,
    /// Rooms of a common unit that has no type.
    pub rooms: Vec<RoomEntry>,
}

/// The units of an entrance: each position on each floor.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitRangeEntry {
    /// The building's code.
    pub building: String,
    /// The entrance.
    pub entrance: Option<String>,
    /// The lowest floor.
    pub from_floor: i32,
    /// The highest floor.
    pub to_floor: i32,
    /// Floors in between that do not exist.
    pub skip_floors: Vec<i32>,
    /// The units of each floor.
    pub positions: Vec<PositionEntry>,
    /// How codes are made: `{building}-{entrance}-{floor}{position}`.
    pub code: Option<String>,
}

/// A position on each floor of a range.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionEntry {
    /// The last part of the unit's code, `02`.
    pub position: String,
    /// The unit type's code.
    pub unit_type: String,
}

/// A customer with the own units.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerEntry {
    /// By which the person signs in and is found again.
    pub login: String,
    /// The name.
    pub name: String,
    /// The phone.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The language of messages; English when left out.
    pub language: Option<String>,
    /// The first password, used only for a new person; without one the person cannot sign in yet.
    #[serde(skip_serializing)]
    pub password: Option<String>,
    /// The units.
    pub units: Vec<OwnedUnitEntry>,
}

/// A unit of an owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnedUnitEntry {
    /// The unit's code.
    pub unit: String,
    /// `OWNER` when left out.
    pub kind: Option<String>,
}

/// A responsibility rule; an absent field matches anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleEntry {
    /// Only this trade.
    pub trade: Option<String>,
    /// Only this building.
    pub building: Option<String>,
    /// Only this kind of unit.
    pub unit_kind: Option<String>,
    /// The contractor's code.
    pub company: String,
    /// Lower goes first among equally specific rules; 0 when left out.
    pub priority: Option<i32>,
}

/// A checklist.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistEntry {
    /// Its name, by which it is found again.
    pub name: String,
    /// Its items, in order.
    pub items: Vec<ItemEntry>,
}

/// An item of a checklist.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemEntry {
    /// Its code in the checklist.
    pub code: String,
    /// The type of rooms in which it is looked at.
    pub room_type: String,
    /// The part that is looked at.
    pub part: Option<String>,
    /// The text in Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
    /// Whether an inspection cannot be submitted without its result; yes when left out.
    pub mandatory: bool,
    /// The rule that judges its readings.
    pub measurement: Option<String>,
}

/// The project's own vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxonomyEntry {
    /// Room types.
    pub room_types: Vec<Term>,
    /// Trades.
    pub trades: Vec<Term>,
    /// Parts.
    pub parts: Vec<Term>,
    /// Kinds of defects.
    pub defect_types: Vec<DefectTypeEntry>,
    /// Measurement rules.
    pub measurements: Vec<MeasurementRule>,
}

/// A kind of defect.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefectTypeEntry {
    /// The code.
    pub code: String,
    /// The part.
    pub part: String,
    /// The trade.
    pub trade: String,
    /// The name in Chinese.
    pub zh: String,
    /// The name in English.
    pub en: String,
    /// The severity.
    pub severity: String,
    /// The category.
    pub category: String,
    /// Days to repair.
    pub days: i32,
    /// `BOTH` when left out.
    pub fitout: Option<String>,
    /// The warranty term.
    pub warranty: Option<String>,
}

// Written by hand so that a password never reaches a log.
impl std::fmt::Debug for PersonEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonEntry").field("login", &self.login).field("role", &self.role).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OwnerEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnerEntry").field("login", &self.login).finish_non_exhaustive()
    }
}
