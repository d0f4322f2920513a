//! Reads the document out of a JSON value.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::document::*;
use super::problems::{Problem, Problems};
use super::shape::{Fields, Place, shape_of};
use crate::taxonomy::{MeasurementRule, Term};
use crate::time::zone_name;

/// The version of the file's format.
pub const FORMAT_VERSION: i32 = 1;

/// Reads a document; wrong shapes are noted and read as if they were empty.
pub(super) fn document(value: &Value, spellings: HashMap<String, String>) -> (ImportDocument, Problems) {
    let problems = RefCell::new(Problems::with_spellings(spellings));
    let mut f = Fields::root(value, &problems);
    if let Some(version) = f.opt_int("version").filter(|version| *version != FORMAT_VERSION) {
        let en = format!("is {version}; this program reads version {FORMAT_VERSION}");
        problems.borrow_mut().push("version", (en, format!("现为 {version}；本程序只读版本 {FORMAT_VERSION}")));
    }
    let document = ImportDocument {
        project: f.object("project", project),
        companies: f.list("companies", company),
        people: f.list("people", person),
        buildings: f.list("buildings", building),
        unit_types: f.list("unitTypes", unit_type),
        units: f.opt_list("units", unit),
        unit_ranges: f.opt_list("unitRanges", unit_range),
        owners: f.opt_list("owners", owner),
        responsibility_rules: f.opt_list("responsibilityRules", rule),
        checklists: f.opt_list("checklists", checklist),
        taxonomy: f.opt_object("taxonomy", taxonomy).unwrap_or_default(),
    };
    f.close();
    (document, problems.into_inner())
}

/// The problem of a file that holds no fields at all.
pub(super) fn no_object(value: &Value) -> Problem {
    let (en, zh) = shape_of(value);
    let en = format!(
        "must be an object with fields such as \"project\" and \"units\", not {en}; a table has to be written as such a file"
    );
    Problem::new("", (en, format!("应为：含“project”“units”等字段的对象，实际为：{zh}；表格须先改写成这种文件")))
}

fn project(place: Place<'_>) -> ProjectEntry {
    let mut f = place.object();
    let entry = ProjectEntry {
        code: f.text("code"),
        name: f.label("name"),
        time_zone: zone(f.text("timeZone")),
        policy: f.opt_object("policy", policy).unwrap_or_default(),
    };
    f.close();
    entry
}

/// The name as IANA writes it; an unknown zone stays for the check.
fn zone(text: String) -> String {
    zone_name(&text).unwrap_or(text)
}

/// The policy's fields are checked by the policy itself.
fn policy(place: Place<'_>) -> Map<String, Value> {
    place.object();
    place.value.as_object().cloned().unwrap_or_default()
}

fn company(place: Place<'_>) -> CompanyEntry {
    let mut f = place.object();
    let entry = CompanyEntry { code: f.text("code"), name: f.label("name"), kind: f.text("kind") };
    f.close();
    entry
}

fn person(place: Place<'_>) -> PersonEntry {
    let mut f = place.object();
    let entry = PersonEntry {
        login: f.text("login").to_lowercase(),
        name: f.label("name"),
        phone: f.opt_text("phone"),
        email: f.opt_text("email"),
        company: f.text("company"),
        role: f.text("role"),
        language: f.opt_text("language"),
        password: f.secret("password"),
    };
    f.close();
    entry
}

fn building(place: Place<'_>) -> BuildingEntry {
    let mut f = place.object();
    let entry = BuildingEntry { code: f.text("code"), name: f.label("name"), floors: f.int("floors") };
    f.close();
    entry
}

fn unit_type(place: Place<'_>) -> UnitTypeEntry {
    let mut f = place.object();
    let entry = UnitTypeEntry {
        code: f.text("code"),
        name: f.label("name"),
        fitout: f.text("fitout"),
        area: f.opt_decimal("area"),
        plan: f.opt_object("plan", plan),
        rooms: f.list("rooms", room),
    };
    f.close();
    entry
}

fn plan(place: Place<'_>) -> PlanEntry {
    let mut f = place.object();
    let entry = PlanEntry { file: f.opt_text("file"), base64: f.opt_text("base64") };
    f.close();
    entry
}

fn room(place: Place<'_>) -> RoomEntry {
    let mut f = place.object();
    let entry = RoomEntry {
        code: f.text("code"),
        name: f.label("name"),
        room_type: f.text("roomType"),
        outline: f.opt_list("outline", |place| place.point()),
    };
    f.close();
    entry
}

fn unit(place: Place<'_>) -> UnitEntry {
    let mut f = place.object();
    let entry = UnitEntry {
        code: f.text("code"),
        building: f.text("building"),
        entrance: f.opt_label("entrance"),
        floor: f.int("floor"),
        unit_type: f.opt_text("unitType"),
        kind: f.opt_text("kind"),
        rooms: f.opt_list("rooms", room),
    };
    f.close();
    entry
}

fn unit_range(place: Place<'_>) -> UnitRangeEntry {
    let mut f = place.object();
    let entry = UnitRangeEntry {
        building: f.text("building"),
        entrance: f.opt_label("entrance"),
        from_floor: f.int("fromFloor"),
        to_floor: f.int("toFloor"),
        skip_floors: f.opt_list("skipFloors", |place| place.int().unwrap_or_default()),
        positions: f.list("positions", position),
        code: f.opt_text("code"),
    };
    f.close();
    entry
}

fn position(place: Place<'_>) -> PositionEntry {
    let mut f = place.object();
    let entry = PositionEntry { position: f.text("position"), unit_type: f.text("unitType") };
    f.close();
    entry
}

fn owner(place: Place<'_>) -> OwnerEntry {
    let mut f = place.object();
    let entry = OwnerEntry {
        login: f.text("login").to_lowercase(),
        name: f.label("name"),
        phone: f.opt_text("phone"),
        email: f.opt_text("email"),
        language: f.opt_text("language"),
        password: f.secret("password"),
        units: f.list("units", owned_unit),
    };
    f.close();
    entry
}

fn owned_unit(place: Place<'_>) -> OwnedUnitEntry {
    let mut f = place.object();
    let entry = OwnedUnitEntry { unit: f.text("unit"), kind: f.opt_text("kind") };
    f.close();
    entry
}

fn rule(place: Place<'_>) -> RuleEntry {
    let mut f = place.object();
    let entry = RuleEntry {
        trade: f.opt_text("trade"),
        building: f.opt_text("building"),
        unit_kind: f.opt_text("unitKind"),
        company: f.text("company"),
        priority: f.opt_int("priority"),
    };
    f.close();
    entry
}

fn checklist(place: Place<'_>) -> ChecklistEntry {
    let mut f = place.object();
    let entry = ChecklistEntry { name: f.label("name"), items: f.list("items", item) };
    f.close();
    entry
}

fn item(place: Place<'_>) -> ItemEntry {
    let mut f = place.object();
    let entry = ItemEntry {
        code: f.text("code"),
        room_type: f.text("roomType"),
        part: f.opt_text("part"),
        zh: f.label("zh"),
        en: f.label("en"),
        mandatory: f.flag("mandatory", true),
        measurement: f.opt_text("measurement"),
    };
    f.close();
    entry
}

fn taxonomy(place: Place<'_>) -> TaxonomyEntry {
    let mut f = place.object();
    let entry = TaxonomyEntry {
        room_types: f.opt_list("roomTypes", |place| term(place, false)),
        trades: f.opt_list("trades", |place| term(place, false)),
        parts: f.opt_list("parts", |place| term(place, true)),
        defect_types: f.opt_list("defectTypes", defect_type),
        measurements: f.opt_list("measurements", measurement),
    };
    f.close();
    entry
}

fn term(place: Place<'_>, with_room_types: bool) -> Term {
    let mut f = place.object();
    let mut term = Term { code: f.text("code"), zh: f.label("zh"), en: f.label("en"), data: Map::new() };
    if with_room_types {
        let room_types = f.opt_list("roomTypes", |place| place.text().unwrap_or_default());
        term.data.insert("room_types".to_owned(), room_types.into());
    }
    f.close();
    term
}

fn defect_type(place: Place<'_>) -> DefectTypeEntry {
    let mut f = place.object();
    let entry = DefectTypeEntry {
        code: f.text("code"),
        part: f.text("part"),
        trade: f.text("trade"),
        zh: f.label("zh"),
        en: f.label("en"),
        severity: f.text("severity"),
        category: f.text("category"),
        days: f.int("days"),
        fitout: f.opt_text("fitout"),
        warranty: f.opt_text("warranty"),
    };
    f.close();
    entry
}

fn measurement(place: Place<'_>) -> MeasurementRule {
    let mut f = place.object();
    let entry = MeasurementRule {
        code: f.text("code"),
        zh: f.label("zh"),
        en: f.label("en"),
        unit: f.text("unit"),
        kind: f.text("kind"),
        tolerance_min: f.opt_decimal("toleranceMin"),
        tolerance_max: f.opt_decimal("toleranceMax"),
        method_zh: f.opt_text("methodZh").unwrap_or_default(),
        method_en: f.opt_text("methodEn").unwrap_or_default(),
        source: f.opt_text("source").unwrap_or_default(),
    };
    f.close();
    entry
}
