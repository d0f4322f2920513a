//! The Chinese problems of a file contain no English: ASCII letters are a code, a field of the file, or quoted from it.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::{Known, PROBLEM_LIMIT, Problem, check_with};
use crate::policy::Policy;
use crate::taxonomy::Taxonomy;

const SOUND: &str = r#"{
    "version": 1,
    "project": {"code": "P1", "name": "湖畔", "timeZone": "Asia/Shanghai", "policy": {"skipDaysOff": true}},
    "companies": [{"code": "DEV", "name": "甲", "kind": "DEVELOPER"}, {"code": "CON", "name": "乙", "kind": "CONTRACTOR"}],
    "people": [
        {"login": "dan", "name": "丹", "company": "DEV", "role": "DELIVERY_MANAGER", "password": "long enough"},
        {"login": "con", "name": "康", "company": "CON", "role": "WORKER", "language": "ZH", "phone": "138"}
    ],
    "buildings": [{"code": "1", "name": "一号楼", "floors": 6}],
    "unitTypes": [{
        "code": "A1", "name": "甲型", "fitout": "FITTED", "area": "89.5", "plan": {"base64": "AAAA"},
        "rooms": [
            {"code": "LIV", "name": "客厅", "roomType": "LIVING", "outline": [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]},
            {"code": "KIT", "name": "厨房", "roomType": "KITCHEN"}
        ]
    }],
    "units": [
        {"code": "1-101", "building": "1", "entrance": "1", "floor": 1, "unitType": "A1"},
        {"code": "1-102", "building": "1", "floor": 1, "unitType": "A1"},
        {"code": "1-ROOF", "building": "1", "floor": 7, "kind": "COMMON", "rooms": []}
    ],
    "unitRanges": [{"building": "1", "entrance": "2", "fromFloor": 2, "toFloor": 5, "skipFloors": [4],
        "positions": [{"position": "01", "unitType": "A1"}]}],
    "owners": [
        {"login": "owa", "name": "王", "units": [{"unit": "1-101"}, {"unit": "1-2-501", "kind": "PROXY"}]},
        {"login": "owb", "name": "李", "units": [{"unit": "1-101", "kind": "CO_OWNER"}]}
    ],
    "responsibilityRules": [{"company": "CON"},
        {"trade": "TILE", "building": "1", "unitKind": "COMMON", "company": "CON", "priority": 5}],
    "checklists": [{"name": "分户检查表", "items": [
        {"code": "I1", "roomType": "LIVING", "part": "WALL", "zh": "墙面", "en": "Walls", "measurement": "PLASTER_VERT_N"},
        {"code": "I2", "roomType": "LIVING", "zh": "地面", "en": "Floors", "mandatory": false}
    ]}],
    "taxonomy": {
        "roomTypes": [{"code": "WINE", "zh": "酒窖", "en": "Wine cellar"}],
        "trades": [],
        "parts": [{"code": "RACK", "zh": "酒架", "en": "Rack", "roomTypes": ["WINE"]}],
        "defectTypes": [{"code": "RACK.LOOSE", "part": "RACK", "trade": "WARDROBE", "zh": "松动", "en": "Loose",
            "severity": "MINOR", "category": "FUNCTION", "days": 7}],
        "measurements": [{"code": "RACK_DEV", "zh": "偏差", "en": "Deviation", "unit": "mm", "kind": "DEVIATION",
            "toleranceMin": -2, "toleranceMax": "2.5"}]
    }
}"#;

/// A place on each line, and the value put there.
const FAULTS: &str = r#"
version 2
version "1"
project "P1"
project null
project.code "P 1"
project.code "湖 畔"
units[0].code "LAKE\u200bSIDE"
companies[1].code "CAFE\u0301"
buildings[0].code "１号"
project.code ["P1"]
project.name ""
project.name true
project.name "a\u0000b"
project.timeZone "China/Peking"
project.policy.afterPhoto true
project.policy.somethingElse true
project.policy.verification "SOME"
project.policy.verification 3
project.policy.skipDaysOff "yes"
project.policy.holidays "2026-01-01"
project.policy.verifyingParties []
project.policy.verifyingParties ["CUSTOMER"]
project.policy.verifyingParties ["NOBODY"]
project.policy.weekdaysOff [1,2,3,4,5,6,7]
project.policy.escalateAfterFailedAttempts 0
project.policy.photoRetentionMonths 0
project.policy.daysBySeverity {"MINOR":4000}
companies {}
companies[0] "DEV"
companies[0].kind "CUSTOMER"
companies[1].code "DEV"
people[0].company "DVE"
people[0].company "NOBODY"
people[0].role "OWNER"
people[0].role "SITE_ENGINEER"
people[1].role "SUPERVISING_ENGINEER"
people[1].login "dan"
people[1].login "con lead"
people[0].nickname "D"
people[0].nam "D"
people[0].password "short"
people[0].password "qwertyuiop"
people[1].language "zh-CN"
people[1].phone "call me"
people[0].email "dan at home"
buildings[0].code 1
buildings[0].floors 0
buildings[0].floors 1.5
buildings[0].floors {}
unitTypes[0].fitout "BOTH"
unitTypes[0].area -1
unitTypes[0].area "large"
unitTypes[0].rooms []
unitTypes[0].rooms[1].code "LIV"
unitTypes[0].rooms[1].roomType "KITCHN"
unitTypes[0].rooms[1].roomType "SKY"
unitTypes[0].plan {}
unitTypes[0].plan.file "a.png"
unitTypes[0].plan.base64 ""
unitTypes[0].rooms[0].outline [[0,0],[1,1],"x"]
unitTypes[0].rooms[0].outline [[-0.1,0],[1,1],[1,0]]
unitTypes[0].rooms[0].outline [[0,0],[1,1]]
unitTypes[0].rooms[0].outline [[0,0],[1,1],[1,0],[0,1]]
unitTypes[0].rooms[0].outline [[0,0],[1,0],[1,1],[0,0]]
unitTypes[0].rooms[0].outline [[0,0],[0.5,0.5],[1,1]]
units[0] 7
units[0].code null
units[0].unitType "B3"
units[0].unittype "A1"
units[1].unitType null
units[1].code "1-101"
units[1].code "1-2-301"
units[0].building "9"
units[0].floor 7
units[0].floor "1"
units[2].floor 0
units[0].kind "HOME"
units[0].rooms [{"code":"X","name":"X","roomType":"LIVING"}]
unitRanges[0].toFloor 1
unitRanges[0].positions []
unitRanges[0].code "{building}{FLOR}{position}"
owners[0].units[0].unit "9-999"
owners[0].units[1].unit "1-101"
owners[0].units []
owners[1].login "owa"
owners[1].login "dan"
responsibilityRules[1].trade "TYLE"
responsibilityRules[1].unitKind "ROOF"
responsibilityRules[0].company "DEV"
responsibilityRules[1].priority -1
responsibilityRules[1] {"company":"CON"}
checklists[0].items []
checklists[0].items[0].mandatory "yes"
checklists[0].items[0].part "WAL"
checklists[0].items[0].measurement "X"
checklists[0].items[1].code "I1"
taxonomy.roomTypes "WINE"
taxonomy.parts[0].roomTypes[0] "VINE"
taxonomy.defectTypes[0].severity "minor"
taxonomy.defectTypes[0].days -1
taxonomy.defectTypes[0].warranty "FOREVER"
taxonomy.defectTypes[0].fitout "HALF"
taxonomy.measurements[0].kind "GUESS"
taxonomy.measurements[0].toleranceMin 3
taxonomy.measurements[0].toleranceMin 1.23456789
"#;

fn sound() -> Value {
    serde_json::from_str(SOUND).expect("JSON")
}

/// The sound file with another value at a place.
fn broken(path: &str, value: Value) -> Value {
    let mut file = sound();
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match file.pointer_mut(parent).expect("the parent is there") {
        Value::Array(list) => list[last.parse::<usize>().expect("an index")] = value,
        parent => parent[last] = value,
    }
    file
}

fn problems(file: &Value) -> Vec<Problem> {
    let seed = Taxonomy::seed().expect("the seed");
    let known = Known { codes: HashSet::new(), spellings: HashMap::from([("1".to_owned(), "01".to_owned())]) };
    check_with(file, &seed, known).err().unwrap_or_default()
}

/// The names of all fields in a value.
fn fields(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            names.insert(name.clone());
            fields(value, names);
        }),
        Value::Array(list) => list.iter().for_each(|value| fields(value, names)),
        _ => {}
    }
}

/// Words of a message that may be in ASCII letters: fields of the file, and values and places that messages suggest.
fn allowed() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["file", "floor2", "null", "true", "false"].map(str::to_owned));
    fields(&sound(), &mut names);
    fields(&serde_json::to_value(Policy::default()).expect("JSON"), &mut names);
    names
}

/// A message without what it quotes.
fn without_quotes(message: &str) -> String {
    let mut rest = String::new();
    let mut until = None;
    for c in message.chars() {
        match (until, c) {
            (Some(end), c) if c == end => until = None,
            (Some(_), _) => {}
            (None, '“') => until = Some('”'),
            (None, '"') => until = Some('"'),
            (None, c) => rest.push(c),
        }
    }
    rest
}

/// The English words in a Chinese message.
fn english(message: &str, allowed: &BTreeSet<String>) -> Vec<String> {
    let rest = without_quotes(message);
    let words = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_code = |word: &str| !word.contains(|c: char| c.is_ascii_lowercase());
    let is_long = |word: &str| word.chars().filter(char::is_ascii_alphabetic).count() >= 3;
    words.filter(|word| is_long(word) && !is_code(word) && !allowed.contains(*word)).map(str::to_owned).collect()
}

/// The fault in the Chinese of a problem.
fn fault(problem: &Problem, allowed: &BTreeSet<String>) -> Option<String> {
    let (en, zh) = (&problem.message.en, &problem.message.zh);
    let english = english(zh, allowed);
    let has_chinese = zh.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let is_half_width = without_quotes(zh).contains([';', '?', '!']);
    let is_sound = english.is_empty() && has_chinese && !is_half_width;
    (!is_sound).then(|| format!("{english:?} in {zh} ({en})"))
}

#[test]
fn no_problem_has_english_inside_chinese() {
    assert_eq!(problems(&sound()), []);
    let allowed = allowed();
    let mut faults = Vec::new();
    for line in FAULTS.lines().filter(|line| !line.is_empty()) {
        let (path, value) = line.split_once(' ').expect("a place and a value");
        let found = problems(&broken(path, serde_json::from_str(value).expect("JSON")));
        if found.is_empty() {
            faults.push(format!("{line} is no fault"));
        }
        faults.extend(found.iter().filter_map(|problem| fault(problem, &allowed)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn sizes_are_told_in_chinese() {
    let allowed = allowed();
    let unit = |n: usize| json!({"code": format!("u{n}"), "building": "1", "floor": 1, "unitType": "A1"});
    let units = |count: usize| json!((0..count).map(unit).collect::<Vec<_>>());
    let owners: Vec<Value> =
        (0..PROBLEM_LIMIT + 5).map(|n| json!({"login": format!("o{n}"), "name": "O", "units": []})).collect();
    let found = [
        ("units：有 10001 项；最多 10000 项", problems(&broken("units", units(10_001)))),
        ("units：户数超过 10000（含 unitRanges）", problems(&broken("units", units(10_000)))),
        ("……另有 5 处", problems(&broken("owners", json!(owners)))),
        ("units：没有任何户", problems(&json!({"units": []}))),
        ("应为：含“project”“units”等字段的对象，实际为：列表", problems(&json!([1]))),
    ];
    for (expected, problems) in found {
        let faults: Vec<String> = problems.iter().filter_map(|problem| fault(problem, &allowed)).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        let told: Vec<String> = problems.iter().map(|problem| problem.words().zh).collect();
        assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}: {:?}", told.last());
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_told_without_the_readers_words() {
    for (field, value, expected) in [
        ("holidays", json!(["soon"]), "每个日期须写成“2026-10-01”的形式"),
        ("escalateAfterFailedAttempts", json!(-1), "其中有超出范围或无法识别的值"),
        ("dailyQuota", json!({"colours": 1}), "其中有未知的字段"),
        ("weekdaysOff", json!(["6"]), "其中有值的类型不对"),
    ] {
        let found = problems(&broken(&format!("project.policy.{field}"), value));
        assert_eq!(found[0].message.zh, expected, "{found:?}");
    }
}
