//! An import file with each kind of fault: every one is reported at its place, and says what would be right.

use std::sync::LazyLock;

use domain::import::{PROBLEM_LIMIT, Problem, all_units, check};
use domain::taxonomy::Taxonomy;
use serde_json::{Value, json};

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

/// (where something is changed, to what, where it must be reported, part of the message)
fn faults() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let long = "长".repeat(201);
    vec![
        // Wrong shapes.
        ("version", json!(2), "version", "reads version 1"),
        ("project", json!("P1"), "project", "must be an object with fields, not text"),
        ("project", Value::Null, "project", "is missing"),
        ("units[0]", json!("1-101"), "units[0]", "must be an object"),
        ("companies", json!({}), "companies", "must be a list, not an object"),
        ("units[0].code", Value::Null, "units[0].code", "is missing; a text is needed here"),
        ("units[0].floor", json!("1"), "units[0].floor", "must be a whole number such as 3, not text"),
        ("units[0].floor", json!(1.5), "units[0].floor", "not a number with decimals"),
        ("units[0].floor", json!(99_999_999_999_i64), "units[0].floor", "must be a whole number"),
        ("buildings[0].code", json!(1), "buildings[0].code", "must be text, not a number; write it in quotes"),
        ("people[0].name", json!(true), "people[0].name", "write it in quotes: \"true\""),
        ("checklists[0].items[0].mandatory", json!("yes"), "checklists[0].items[0].mandatory", "must be true or false"),
        ("unitTypes[0].area", json!("large"), "unitTypes[0].area", "must be a number such as 89.5"),
        ("unitTypes[0].area", json!("1,234"), "unitTypes[0].area", "must be a number such as 89.5"),
        (
            "unitTypes[0].rooms[0].outline[1]",
            json!([0.5]),
            "unitTypes[0].rooms[0].outline[1]",
            "must be a pair of numbers",
        ),
        ("units[0].unittype", json!("A1"), "units[0].unittype", "did you mean \"unitType\"?"),
        ("owner", json!([]), "owner", "did you mean \"owners\"?"),
        ("people[0].nickname", json!("D"), "people[0].nickname", "the fields here are login, name"),
        // The project.
        ("project.code", json!("P 1"), "project.code", "has blanks"),
        ("project.code", json!("x".repeat(41)), "project.code", "has 41 characters; at most 40"),
        ("project.name", json!("  "), "project.name", "must not be empty"),
        ("project.name", json!(long), "project.name", "has 201 characters; at most 200"),
        ("project.name", json!("a\u{0}b"), "project.name", "control characters"),
        ("project.timeZone", json!("China/Peking"), "project.timeZone", "no time zone \"China/Peking\""),
        ("project.policy.afterPhoto", json!(true), "project.policy.afterPhoto", "unknown field"),
        ("project.policy.verification", json!("SOME"), "project.policy.verification", "unknown variant"),
        ("project.policy.verifyingParties", json!([]), "project.policy.verifyingParties", "at least one party"),
        // Companies and people.
        ("companies[0].name", json!("Dev \u{200D}eloper"), "companies[0].name", "format characters"),
        ("people[0].name", json!("Dan\u{2028}Li"), "people[0].name", "line breaks"),
        ("owners[0].name", json!("Li\nNa"), "owners[0].name", "line breaks"),
        ("companies[0].kind", json!("CUSTOMER"), "companies[0].kind", "is not one of DEVELOPER, CONTRACTOR"),
        ("companies[1].code", json!("DEV"), "companies[1].code", "already at companies[0].code"),
        ("people[0].company", json!("DVE"), "people[0].company", "no company \"DVE\"; there are DEV, CON"),
        ("people[0].role", json!("OWNER"), "people[0].role", "is not one of DELIVERY_MANAGER"),
        ("people[1].role", json!("SUPERVISING_ENGINEER"), "people[1].role", "its roles are RECTIFICATION_LEAD, WORKER"),
        ("people[0].role", json!("SITE_ENGINEER"), "people", "nobody is DELIVERY_MANAGER"),
        ("people[1].login", json!("DAN"), "people[1].login", "already at people[0]"),
        ("people[1].login", json!("con lead"), "people[1].login", "a login has letters"),
        ("people[0].password", json!("short"), "people[0].password", "at least 10"),
        ("people[0].password", json!("qwertyuiop"), "people[0].password", "most used"),
        ("people[0].password", json!("Handover-Demo"), "people[0].password", "most used"),
        ("people[0].password", json!("p".repeat(129)), "people[0].password", "at most 128"),
        ("people[1].language", json!("zh-CN"), "people[1].language", "is not one of EN, ZH"),
        ("people[1].phone", json!("call me"), "people[1].phone", "a phone number has digits"),
        // Places.
        ("buildings[0].floors", json!(0), "buildings[0].floors", "1 to 200 floors"),
        (
            "buildings[1]",
            json!({"code": "1", "name": "B", "floors": 2}),
            "buildings[1].code",
            "already at buildings[0]",
        ),
        ("unitTypes[0].fitout", json!("BOTH"), "unitTypes[0].fitout", "is not one of BARE, FITTED"),
        ("unitTypes[0].area", json!(-1), "unitTypes[0].area", "more than 0"),
        ("unitTypes[0].rooms", json!([]), "unitTypes[0].rooms", "at least one room"),
        (
            "unitTypes[0].rooms[1].code",
            json!("LIV"),
            "unitTypes[0].rooms[1].code",
            "already at unitTypes[0].rooms[0].code",
        ),
        (
            "unitTypes[0].rooms[1].roomType",
            json!("KITCHN"),
            "unitTypes[0].rooms[1].roomType",
            "did you mean \"KITCHEN\"?",
        ),
        ("unitTypes[0].plan", json!({}), "unitTypes[0].plan", "needs file or base64"),
        ("unitTypes[0].plan.file", json!("a.png"), "unitTypes[0].plan", "has both"),
        (
            "unitTypes[0].rooms[0].outline[0]",
            json!([-0.1, 0]),
            "unitTypes[0].rooms[0].outline",
            "x and y go from 0 to 1",
        ),
        (
            "unitTypes[0].rooms[0].outline",
            json!([[0, 0], [1, 1]]),
            "unitTypes[0].rooms[0].outline",
            "at least 3 are needed",
        ),
        (
            "unitTypes[0].rooms[0].outline",
            json!([[0, 0], [1, 1], [1, 0], [0, 1]]),
            "unitTypes[0].rooms[0].outline",
            "crosses itself",
        ),
        (
            "unitTypes[0].rooms[0].outline",
            json!([[0, 0], [1, 0], [1, 1], [0, 0]]),
            "unitTypes[0].rooms[0].outline",
            "is repeated",
        ),
        (
            "unitTypes[0].rooms[0].outline",
            json!([[0, 0], [0.5, 0.5], [1, 1]]),
            "unitTypes[0].rooms[0].outline",
            "encloses no area",
        ),
        ("unitTypes[0].rooms[0].outline", json!(vec![[0.1, 0.2]; 101]), "unitTypes[0].rooms[0].outline", "at most 100"),
        ("units[0].unitType", json!("B3"), "units[0].unitType", "no unit type \"B3\""),
        ("units[1].unitType", Value::Null, "units[1].unitType", "only a unit of kind COMMON"),
        ("units[1].code", json!("1-101"), "units[1].code", "already at units[0].code"),
        ("units[1].code", json!("1-2-301"), "unitRanges[0]", "already at units[1].code"),
        ("units[0].building", json!("9"), "units[0].building", "no building \"9\""),
        ("units[0].floor", json!(7), "units[0].floor", "must be from 1 to 6"),
        ("units[2].floor", json!(0), "units[2].floor", "from -10 to 7, without 0"),
        ("units[0].kind", json!("HOME"), "units[0].kind", "is not one of RESIDENTIAL, COMMON"),
        (
            "units[0].rooms",
            json!([{"code": "X", "name": "X", "roomType": "LIVING"}]),
            "units[0].rooms",
            "come from the unit type",
        ),
        ("units[2].rooms[0].roomType", json!("SKY"), "units[2].rooms[0].roomType", "no room type \"SKY\""),
        ("unitRanges[0].toFloor", json!(1), "unitRanges[0].toFloor", "below fromFloor"),
        ("unitRanges[0].toFloor", json!(2_000_000_000), "unitRanges[0].toFloor", "must be from 1 to 6"),
        ("unitRanges[0].positions", json!([]), "unitRanges[0].positions", "at least one position"),
        (
            "unitRanges[0].positions[1].unitType",
            json!("A9"),
            "unitRanges[0].positions[1].unitType",
            "did you mean \"A1\"?",
        ),
        ("unitRanges[0].code", json!("{building}{flor}{position}"), "unitRanges[0].code", "the places are {building}"),
        ("unitRanges[0].code", json!("{building}-{floor}"), "unitRanges[0]", "each needs a code of its own"),
        // Owners.
        ("owners[0].units[0].unit", json!("1-999"), "owners[0].units[0].unit", "no unit \"1-999\""),
        ("owners[0].units[1].unit", json!("1-101"), "owners[0].units[1].unit", "listed twice"),
        ("owners[0].units[0].kind", json!("TENANT"), "owners[0].units[0].kind", "is not one of OWNER, CO_OWNER, PROXY"),
        ("owners[0].units", json!([]), "owners[0].units", "at least one unit"),
        ("owners[1].login", json!("owa"), "owners[1].login", "already at owners[0]"),
        ("owners[1].login", json!("dan"), "owners[1].login", "one login is one person"),
        // Rules.
        ("responsibilityRules[1].trade", json!("TYLE"), "responsibilityRules[1].trade", "did you mean \"TILE\"?"),
        ("responsibilityRules[1].building", json!("2"), "responsibilityRules[1].building", "no building \"2\""),
        ("responsibilityRules[1].unitKind", json!("ROOF"), "responsibilityRules[1].unitKind", "is not one of"),
        (
            "responsibilityRules[0].company",
            json!("DEV"),
            "responsibilityRules[0].company",
            "defects go to a CONTRACTOR",
        ),
        ("responsibilityRules[1].priority", json!(-1), "responsibilityRules[1].priority", "from 0 to 1000"),
        (
            "responsibilityRules[2]",
            json!({"company": "CON", "priority": 2}),
            "responsibilityRules[2]",
            "same trade, building and unit kind as responsibilityRules[0]",
        ),
        // Checklists.
        ("checklists[0].name", json!(""), "checklists[0].name", "must not be empty"),
        ("checklists[0].items", json!([]), "checklists[0].items", "at least one item"),
        (
            "checklists[0].items[1].code",
            json!("I1"),
            "checklists[0].items[1].code",
            "already at checklists[0].items[0].code",
        ),
        (
            "checklists[0].items[0].roomType",
            json!("LOUNGE"),
            "checklists[0].items[0].roomType",
            "no room type \"LOUNGE\"",
        ),
        ("checklists[0].items[0].part", json!("WAL"), "checklists[0].items[0].part", "did you mean \"WALL\"?"),
        (
            "checklists[0].items[0].measurement",
            json!("X"),
            "checklists[0].items[0].measurement",
            "no measurement rule \"X\"",
        ),
        ("checklists[0].items[0].zh", json!(""), "checklists[0].items[0].zh", "must not be empty"),
        // Own vocabulary.
        (
            "taxonomy.roomTypes[1]",
            json!({"code": "WINE", "zh": "酒", "en": "W"}),
            "taxonomy.roomTypes[1].code",
            "already at",
        ),
        ("taxonomy.parts[0].roomTypes[0]", json!("VINE"), "taxonomy.parts[0].roomTypes[0]", "did you mean \"WINE\"?"),
        ("taxonomy.defectTypes[0].part", json!("RACKS"), "taxonomy.defectTypes[0].part", "did you mean \"RACK\"?"),
        (
            "taxonomy.defectTypes[0].severity",
            json!("minor"),
            "taxonomy.defectTypes[0].severity",
            "is not one of CRITICAL",
        ),
        ("taxonomy.defectTypes[0].days", json!(-1), "taxonomy.defectTypes[0].days", "from 1 to 3650"),
        ("taxonomy.defectTypes[0].warranty", json!("FOREVER"), "taxonomy.defectTypes[0].warranty", "no warranty term"),
        ("taxonomy.defectTypes[0].fitout", json!("HALF"), "taxonomy.defectTypes[0].fitout", "is not one of BOTH"),
        ("taxonomy.measurements[0].kind", json!("GUESS"), "taxonomy.measurements[0].kind", "is not one of ABSOLUTE"),
        (
            "taxonomy.measurements[1]",
            json!({"code": "M", "zh": "量", "en": "M", "unit": "mm", "kind": "MIN_VALUE", "toleranceMax": 3}),
            "taxonomy.measurements[1].toleranceMin",
            "needs a lower tolerance",
        ),
        (
            "taxonomy.measurements[0].toleranceMin",
            json!(3),
            "taxonomy.measurements[0].toleranceMin",
            "not above the upper tolerance",
        ),
    ]
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
