//! An import file with each kind of fault: every one is reported at its place, and says what would be right.

mod faults;

use std::sync::LazyLock;

use domain::import::{PROBLEM_LIMIT, Problem, all_units, check};
use domain::taxonomy::Taxonomy;
use serde_json::{Value, json};

use self::faults::faults;

fn taxonomy() -> &'static Taxonomy {
    static SEED: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::seed().expect("the seed is a taxonomy"));
    &SEED
}

fn sound() -> Value {
    json!({
        "version": 1,
        "project": {"code": "P1", "name": "Riverside", "timeZone": "Asia/Shanghai", "policy": {"afterPhotoRequired": true}},
        "companies": [
            {"code": "DEV", "name": "Developer", "kind": "DEVELOPER"},
            {"code": "CON", "name": "Contractor", "kind": "CONTRACTOR"}
        ],
        "people": [
            {"login": "dan", "name": "Dan", "company": "DEV", "role": "DELIVERY_MANAGER", "password": "long enough"},
            {"login": "con", "name": "Con", "company": "CON", "role": "RECTIFICATION_LEAD", "language": "ZH", "phone": "+86 138 0000"}
        ],
        "buildings": [{"code": "1", "name": "Building 1", "floors": 6}],
        "unitTypes": [{
            "code": "A1", "name": "Type A1", "fitout": "FITTED", "area": "89.5", "plan": {"base64": "AAAA"},
            "rooms": [
                {"code": "LIV", "name": "Living room", "roomType": "LIVING", "outline": [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]},
                {"code": "KIT", "name": "Kitchen", "roomType": "KITCHEN"}
            ]
        }],
        "units": [
            {"code": "1-101", "building": "1", "entrance": "1", "floor": 1, "unitType": "A1"},
            {"code": "1-102", "building": "1", "floor": 1, "unitType": "A1"},
            {"code": "1-ROOF", "building": "1", "floor": 7, "kind": "COMMON",
             "rooms": [{"code": "R", "name": "Roof", "roomType": "EXTERIOR"}]}
        ],
        "unitRanges": [{
            "building": "1", "entrance": "2", "fromFloor": 2, "toFloor": 5, "skipFloors": [4],
            "positions": [{"position": "01", "unitType": "A1"}, {"position": "02", "unitType": "A1"}]
        }],
        "owners": [
            {"login": "owa", "name": "Wang", "units": [{"unit": "1-101"}, {"unit": "1-2-501", "kind": "PROXY"}]},
            {"login": "owb", "name": "Li", "units": [{"unit": "1-101", "kind": "CO_OWNER"}]}
        ],
        "responsibilityRules": [
            {"company": "CON"},
            {"trade": "TILE", "building": "1", "unitKind": "COMMON", "company": "CON", "priority": 5}
        ],
        "checklists": [{"name": "Home", "items": [
            {"code": "I1", "roomType": "LIVING", "part": "WALL", "zh": "墙面", "en": "Walls", "measurement": "PLASTER_VERT_N"},
            {"code": "I2", "roomType": "WINE", "zh": "酒窖", "en": "Cellar", "mandatory": false}
        ]}],
        "taxonomy": {
            "roomTypes": [{"code": "WINE", "zh": "酒窖", "en": "Wine cellar"}],
            "parts": [{"code": "RACK", "zh": "酒架", "en": "Rack", "roomTypes": ["WINE"]}],
            "defectTypes": [{"code": "RACK.LOOSE", "part": "RACK", "trade": "WARDROBE", "zh": "松动", "en": "Loose",
                             "severity": "MINOR", "category": "FUNCTION", "days": 7}],
            "measurements": [{"code": "RACK_DEV", "zh": "偏差", "en": "Deviation", "unit": "mm", "kind": "DEVIATION",
                              "toleranceMin": -2, "toleranceMax": "2.5"}]
        }
    })
}

/// Puts a value at a place such as `units[0].floor`; an index one past the end appends.
fn put(document: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match document.pointer_mut(parent).expect("the parent is there") {
        Value::Array(list) if last == list.len().to_string() => list.push(value),
        Value::Array(list) => list[last.parse::<usize>().expect("an index")] = value,
        Value::Object(map) => {
            map.insert(last.to_owned(), value);
        }
        other => panic!("{path}: {other} has no places"),
    }
}

fn problems_of(document: &Value) -> Vec<Problem> {
    check(document, taxonomy()).err().unwrap_or_default()
}

#[test]
fn a_sound_file_has_no_problems() {
    let document = check(&sound(), taxonomy()).expect("sound");
    let codes: Vec<String> = all_units(&document).into_iter().map(|placed| placed.unit.code).collect();
    let ranged = ["1-2-201", "1-2-202", "1-2-301", "1-2-302", "1-2-501", "1-2-502"];
    assert_eq!(codes[..3], ["1-101", "1-102", "1-ROOF"]);
    assert_eq!(codes[3..], ranged);
}

#[test]
fn a_number_in_quotes_is_read_as_people_type_it() {
    for (typed, right) in [("1234.5", "1234.5"), ("1 234,5", "1234.5"), ("1,234.5", "1234.5"), ("89,5", "89.5")] {
        let mut document = sound();
        put(&mut document, "unitTypes[0].area", json!(typed));
        let area = check(&document, taxonomy()).expect("sound").unit_types[0].area;
        assert_eq!(area.map(|area| area.to_string()).as_deref(), Some(right), "{typed}");
    }
}

#[test]
fn every_kind_of_fault_is_reported_at_its_place() {
    let faults = faults();
    assert!(faults.len() >= 50, "{} kinds", faults.len());
    for (at, value, path, message) in faults {
        let mut document = sound();
        put(&mut document, at, value.clone());
        let problems = problems_of(&document);
        let found = problems.iter().any(|problem| problem.path == path && problem.message.en.contains(message));
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(found, "{at} = {value}: expected {path}: …{message}…, got {all:#?}");
    }
}

#[test]
fn all_faults_of_a_file_are_reported_together() {
    let mut document = sound();
    let together = [
        ("units[0].floor", json!("1")),
        ("units[1].unitType", json!("B3")),
        ("people[1].role", json!("BOSS")),
        ("unitTypes[0].rooms[0].outline", json!([[0, 0], [1, 1], [1, 0], [0, 1]])),
        ("owners[0].units[0].unit", json!("9-999")),
    ];
    for (at, value) in &together {
        put(&mut document, at, value.clone());
    }
    let paths: Vec<String> = problems_of(&document).into_iter().map(|problem| problem.path).collect();
    for (at, _) in &together {
        assert!(paths.iter().any(|path| path == at), "{at} is not in {paths:?}");
    }
    assert_eq!(paths.len(), together.len(), "what cannot be read is reported once: {paths:?}");
}

#[test]
fn what_cannot_be_read_makes_no_other_problems() {
    for (at, value) in [
        ("unitRanges[0].building", Value::Null),
        ("unitRanges[0].entrance", json!(2)),
        ("unitRanges[0].fromFloor", Value::Null),
        ("unitRanges[0].toFloor", Value::Null),
        ("unitRanges[0].positions[0].position", Value::Null),
        ("unitRanges[0].positions[1].unitType", Value::Null),
        ("unitRanges[0].entrnce", json!("2")),
        ("buildings[0].code", Value::Null),
        ("buildings[0].floors", json!("six")),
        ("unitTypes[0].code", Value::Null),
        ("units[0].building", Value::Null),
        ("units[0].code", Value::Null),
        ("companies[0].code", Value::Null),
    ] {
        let mut document = sound();
        put(&mut document, at, value.clone());
        let paths: Vec<String> = problems_of(&document).into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, [at], "{at} = {value}");
    }
}

#[test]
fn beyond_the_limit_problems_are_counted() {
    let mut document = sound();
    let owners: Vec<Value> =
        (0..3_000).map(|n| json!({"login": format!("o{n}"), "name": "O", "units": [{"unit": "9-9"}]})).collect();
    put(&mut document, "owners", json!(owners));
    let problems = problems_of(&document);
    assert_eq!(problems.len(), PROBLEM_LIMIT + 1);
    assert_eq!(problems[PROBLEM_LIMIT].to_string(), "… and 2000 more");
}

#[test]
fn a_file_that_is_too_large_is_refused_by_its_size() {
    let unit = |n: usize| json!({"code": format!("u{n}"), "building": "1", "floor": 1, "unitType": "A1"});
    let mut document = sound();
    put(&mut document, "units", json!((0..10_001).map(unit).collect::<Vec<_>>()));
    let problems = problems_of(&document);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].to_string(), "units: has 10001 entries; at most 10000 are possible");

    let room = |n: usize| json!({"code": format!("r{n}"), "name": "R", "roomType": "LIVING"});
    let mut document = sound();
    put(&mut document, "units", json!((0..1_000).map(unit).collect::<Vec<_>>()));
    put(&mut document, "unitTypes[0].rooms", json!((0..100).map(room).collect::<Vec<_>>()));
    let problems = problems_of(&document);
    assert!(problems.iter().any(|p| p.message.en.contains("rooms altogether; at most 60000")), "{problems:?}");
}

#[test]
fn what_is_no_object_at_all_is_one_problem() {
    for value in [Value::Null, json!([1, 2]), json!("text")] {
        let problems = problems_of(&value);
        assert!(problems[0].message.en.starts_with("must be an object with fields"), "{problems:?}");
    }
}
