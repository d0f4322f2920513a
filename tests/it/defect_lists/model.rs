//! Every filter and order compared with a simple model of the same defects, and pages that miss and repeat nothing.

use std::cmp::Ordering;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;

use super::cost::grow;

const COUNT: usize = 240;
const LIST: &str = "query($id: ID!, $filter: DefectFilter, $orderBy: DefectOrder,
    $first: Int, $after: String, $last: Int, $before: String) { project(id: $id) { defectCount(filter: $filter)
    defects(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        nodes { id number status severity category trade unit { id code building { id } } room { id } dueAt overdue
            onHold description raisedByOwner allowedCommands { name allowed } responsibleCompany { id } assignee { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

/// Changes the defects, for more variety.
async fn vary(app: &TestApp) {
    let held = "held_since = 1772000000000000, clock_stopped_at = 1772000000000000, hold_reason = 'MATERIAL'";
    let statements = [
        format!("UPDATE defects SET {held} WHERE number % 3 = 0 AND status IN ('ASSIGNED', 'IN_PROGRESS', 'REWORK')"),
        // As every dispute does.
        "UPDATE defects SET clock_stopped_at = 1772000000000000 WHERE status = 'DISPUTED'".to_owned(),
        "UPDATE defects SET owner_finding = TRUE WHERE number % 7 = 0".to_owned(),
        "UPDATE defects SET category = 'CLEANLINESS' WHERE number % 5 = 0".to_owned(),
        "UPDATE defects SET due_at = NULL, due_order = 9223372036854775807 WHERE number % 11 = 0".to_owned(),
        "UPDATE defects SET description = '100%_sure', search = '100%_sure' WHERE number % 13 = 0".to_owned(),
        "UPDATE defects SET status = 'REWORK', shown_status = 'REWORK' WHERE number % 17 = 0".to_owned(),
        // A dispute brought another company after the repair had begun.
        "UPDATE defects SET shown_status = 'IN_PROGRESS' WHERE number % 32 = 0 AND status = 'ASSIGNED'".to_owned(),
        "UPDATE defects SET room_id = (SELECT id FROM rooms WHERE rooms.unit_id = defects.unit_id AND code = 'BATH')
            WHERE number % 4 = 0"
            .to_owned(),
    ];
    for statement in statements {
        app.app.db.write(async |tx| tx.execute_unprepared(&statement).await.map(drop)).await.expect("varied");
    }
}

async fn page(user: &User<'_>, app: &TestApp, arguments: Value) -> Value {
    let mut variables = json!({ "id": app.project.id });
    for (name, value) in arguments.as_object().expect("arguments") {
        variables[name] = value.clone();
    }
    user.ok(LIST, variables).await["project"].clone()
}

/// All consecutive pages, forward or backward; the last read one is last.
pub(super) async fn walk(
    user: &User<'_>,
    app: &TestApp,
    filter: &Value,
    order: &Value,
    count: usize,
    forward: bool,
) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = Value::Null;
    let (first, after, more, next) = match forward {
        true => ("first", "after", "hasNextPage", "endCursor"),
        false => ("last", "before", "hasPreviousPage", "startCursor"),
    };
    loop {
        let arguments = json!({ "filter": filter, "orderBy": order, first: count, after: cursor });
        let list = page(user, app, arguments).await["defects"].clone();
        let mut rows = list["nodes"].as_array().expect("rows").clone();
        if !forward {
            rows.reverse();
        }
        found.append(&mut rows);
        if list["pageInfo"][more] == json!(false) {
            return found;
        }
        cursor = list["pageInfo"][next].clone();
    }
}

fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row[field].as_str().unwrap_or_default()
}

fn matches_any(row: &Value, field: &str, among: &[&str]) -> bool {
    among.contains(&text(row, field))
}

const TO_DO: &[&str] = &["ASSIGNED", "IN_PROGRESS", "REWORK"];
const DEAD: &[&str] = &["CLOSED", "VOID"];

/// Filters that match nothing.
const EMPTY: [&str; 4] = [
    r#"{"status":[]}"#,
    r#"{"alive":true,"status":["CLOSED"]}"#,
    r#"{"roundId":["00000000-0000-7000-8000-000000000000"]}"#,
    r#"{"text":"nothing like it"}"#,
];

type Matches = Box<dyn Fn(&Value) -> bool + Send + Sync>;

/// Filters with their predicates.
fn filters(app: &TestApp) -> Vec<(Value, Matches)> {
    let unit = app.project.unit("1-101");
    let (a, b) = (app.project.company("A").to_string(), app.project.company("B").to_string());
    let worker = app.person_id("worker.a").to_string();
    let building = app.project.building.to_string();
    let room = app.project.room("1-102", "BATH").to_string();
    let is_of = |row: &Value, id: &str| row["responsibleCompany"]["id"] == id;
    let (of_a, of_b) = (a.clone(), b.clone());
    let both = vec![a.clone(), b.clone()];
    vec![
        (json!({}), Box::new(|_| true)),
        (json!({ "status": ["OPEN", "FIXED"] }), Box::new(|row| matches_any(row, "status", &["OPEN", "FIXED"]))),
        (json!({ "status": ["ASSIGNED"] }), Box::new(|row| matches_any(row, "status", &["ASSIGNED"]))),
        (
            json!({ "status": ["IN_PROGRESS", "DISPUTED"] }),
            Box::new(|row| matches_any(row, "status", &["IN_PROGRESS", "DISPUTED"])),
        ),
        (json!({ "status": [] }), Box::new(|_| false)),
        (json!({ "alive": true }), Box::new(|row| !matches_any(row, "status", DEAD))),
        (json!({ "alive": false }), Box::new(|row| matches_any(row, "status", DEAD))),
        (json!({ "alive": true, "status": ["CLOSED"] }), Box::new(|_| false)),
        (json!({ "overdue": true }), Box::new(|row| row["overdue"] == true)),
        (json!({ "overdue": false }), Box::new(|row| row["overdue"] == false)),
        (
            json!({ "overdue": true, "status": ["REWORK", "CLOSED"] }),
            Box::new(|row| row["overdue"] == true && matches_any(row, "status", &["REWORK"])),
        ),
        (json!({ "onHold": true }), Box::new(|row| row["onHold"] == true)),
        (
            json!({ "onHold": false, "severity": ["MAJOR"] }),
            Box::new(|row| row["onHold"] == false && matches_any(row, "severity", &["MAJOR"])),
        ),
        (
            json!({ "severity": ["MAJOR", "CRITICAL"] }),
            Box::new(|row| matches_any(row, "severity", &["MAJOR", "CRITICAL"])),
        ),
        (json!({ "category": ["CLEANLINESS"] }), Box::new(|row| matches_any(row, "category", &["CLEANLINESS"]))),
        (json!({ "trade": ["TILE", "PAINT"] }), Box::new(|row| matches_any(row, "trade", &["TILE", "PAINT"]))),
        (json!({ "unitId": [unit] }), Box::new(move |row| row["unit"]["id"] == unit.to_string())),
        (json!({ "buildingId": [building] }), Box::new(move |row| row["unit"]["building"]["id"] == building)),
        (json!({ "roomId": [room] }), Box::new(move |row| row["room"]["id"] == room)),
        (json!({ "roundId": ["00000000-0000-7000-8000-000000000000"] }), Box::new(|_| false)),
        (json!({ "companyId": [a] }), Box::new(move |row| is_of(row, &of_a))),
        (
            json!({ "companyId": [b], "severity": ["MAJOR"] }),
            Box::new(move |row| is_of(row, &of_b) && matches_any(row, "severity", &["MAJOR"])),
        ),
        (
            json!({ "companyId": both, "alive": true }),
            Box::new(|row| !matches_any(row, "status", DEAD) && row["responsibleCompany"].is_object()),
        ),
        (json!({ "companyId": [a, b], "assigneeId": [worker], "trade": ["TILE"] }), {
            let worker = worker.clone();
            Box::new(move |row| matches_any(row, "trade", &["TILE"]) && row["assignee"]["id"] == worker)
        }),
        (json!({ "assigneeId": [worker] }), Box::new(move |row| row["assignee"]["id"] == worker)),
        (json!({ "raisedByOwner": true }), Box::new(|row| row["raisedByOwner"] == true)),
        (
            json!({ "dueBefore": "2026-05-01T00:00:00Z" }),
            Box::new(|row| !row["dueAt"].is_null() && text(row, "dueAt") < "2026-05-01T00:00:00"),
        ),
        (
            json!({ "text": "CRACK d-1" }),
            Box::new(|row| {
                let number = text(row, "number").trim_start_matches("D-").trim_start_matches('0');
                text(row, "description") == "A crack" && number.starts_with('1')
            }),
        ),
        (json!({ "text": "%_s" }), Box::new(|row| text(row, "description") == "100%_sure")),
        (json!({ "text": "_" }), Box::new(|row| text(row, "description") == "100%_sure")),
        (json!({ "text": "nothing like it" }), Box::new(|_| false)),
    ]
}

/// The tasks of each role, in addition to its visibility.
fn to_do(app: &TestApp) -> Vec<(&'static str, Matches)> {
    let worker = app.person_id("worker.a").to_string();
    vec![
        ("worker.a", Box::new(move |row| works_on(row) && row["assignee"]["id"] == worker)),
        ("lead.a", Box::new(works_on)),
        ("site", Box::new(|row| matches_any(row, "status", &["OPEN", "FIXED", "DISPUTED"]))),
        ("manager", Box::new(|row| matches_any(row, "status", &["DISPUTED"]))),
        ("supervisor", Box::new(|row| matches_any(row, "status", &["OPEN", "FIXED"]))),
        ("property", Box::new(|_| false)),
    ]
}

/// It must be repaired, and the clock runs.
fn works_on(row: &Value) -> bool {
    matches_any(row, "status", TO_DO) && row["onHold"] == false
}

fn rank(row: &Value) -> usize {
    ["CRITICAL", "MAJOR", "MINOR"].iter().position(|code| *code == text(row, "severity")).expect("a severity")
}

fn compare(field: &str, one: &Value, other: &Value) -> Ordering {
    let due = |row: &Value| (row["dueAt"].is_null(), text(row, "dueAt").to_owned());
    let by = match field {
        "DUE_AT" => due(one).cmp(&due(other)),
        "SEVERITY" => rank(one).cmp(&rank(other)),
        "PLACE" => text(&one["unit"], "code").cmp(text(&other["unit"], "code")),
        _ => text(one, "number").cmp(text(other, "number")),
    };
    by.then_with(|| text(one, "id").cmp(text(other, "id")))
}

fn sorted(rows: &[Value], field: &str, descending: bool) -> Vec<Value> {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| compare(field, one, other));
    if descending {
        rows.reverse();
    }
    rows
}

pub(super) fn numbers(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| text(row, "number")).collect()
}

pub(super) async fn populated(app: &TestApp) -> Vec<Value> {
    grow(app, 0, COUNT).await;
    vary(app).await;
    let all = walk(&app.user("manager").await, app, &json!({}), &json!({ "field": "NUMBER" }), 100, true).await;
    assert_eq!(all.len(), COUNT);
    all
}

on_both_databases! {
    async fn each_filter_finds_the_matching_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let all = populated(&app).await;
        let manager = app.user("manager").await;
        for (filter, matches) in filters(&app) {
            let expected: Vec<Value> = all.iter().filter(|row| matches(row)).cloned().collect();
            let found = walk(&manager, &app, &filter, &json!({ "field": "NUMBER" }), 100, true).await;
            assert_eq!(numbers(&found), numbers(&expected), "{filter}");
            // A filter that matches nothing, or everything, would prove nothing.
            let none = EMPTY.contains(&filter.to_string().as_str());
            assert_eq!(expected.is_empty(), none, "{filter}");
            let whole = filter == json!({}) || filter.get("buildingId").is_some();
            assert_eq!(expected.len() == COUNT, whole, "{filter}");
            let counted = page(&manager, &app, json!({ "filter": filter, "first": 1 })).await["defectCount"].clone();
            assert_eq!(counted, expected.len(), "{filter}");
        }
    }

    async fn each_filter_agrees_with_the_fields_for_every_reader(db: TestDb) {
        let app = TestApp::start(&db).await;
        populated(&app).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        for login in ["owner1", "owner2", "lead.a", "worker.b", "supervisor", "property"] {
            let user = app.user(login).await;
            let seen = walk(&user, &app, &json!({}), &json!({ "field": "NUMBER" }), 100, true).await;
            assert!(!seen.is_empty(), "{login} sees nothing");
            for (filter, matches) in filters(&app) {
                let expected: Vec<Value> = seen.iter().filter(|row| matches(row)).cloned().collect();
                let found = walk(&user, &app, &filter, &json!({ "field": "NUMBER" }), 100, true).await;
                assert_eq!(numbers(&found), numbers(&expected), "{login} {filter}");
            }
        }
    }

    async fn each_role_finds_its_tasks(db: TestDb) {
        let app = TestApp::start(&db).await;
        let all = populated(&app).await;
        let a = app.project.company("A").to_string();
        for (login, matches) in to_do(&app) {
            let user = app.user(login).await;
            let contractor = login.ends_with(".a");
            let own = |row: &&Value| !contractor || row["responsibleCompany"]["id"] == a;
            let expected: Vec<Value> = all.iter().filter(own).filter(|row| matches(row)).cloned().collect();
            let found = walk(&user, &app, &json!({ "mine": true }), &json!({ "field": "NUMBER" }), 100, true).await;
            assert_eq!(numbers(&found), numbers(&expected), "{login}");
            let company = walk(&user, &app, &json!({ "myCompany": true }), &json!({ "field": "NUMBER" }), 100, true).await;
            let of_company: Vec<Value> = all.iter().filter(|row| contractor && own(row)).cloned().collect();
            assert_eq!(numbers(&company), numbers(&of_company), "{login}");
        }
    }

    async fn pages_of_every_order_miss_and_repeat_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let all = populated(&app).await;
        let manager = app.user("manager").await;
        for filter in [json!({}), json!({ "alive": true })] {
            let alive = |row: &&Value| filter == json!({}) || !matches_any(row, "status", DEAD);
            let rows: Vec<Value> = all.iter().filter(alive).cloned().collect();
            for field in ["DUE_AT", "SEVERITY", "PLACE", "NUMBER"] {
                for direction in ["ASC", "DESC"] {
                    let order = json!({ "field": field, "direction": direction });
                    let mut expected = sorted(&rows, field, direction == "DESC");
                    let forward = walk(&manager, &app, &filter, &order, 37, true).await;
                    assert_eq!(numbers(&forward), numbers(&expected), "{filter} {order}");
                    expected.reverse();
                    let backward = walk(&manager, &app, &filter, &order, 37, false).await;
                    assert_eq!(numbers(&backward), numbers(&expected), "{filter} {order} backward");
                }
            }
        }
    }

    async fn units_in_a_list_have_the_first_of_their_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let all = populated(&app).await;
        let manager = app.user("manager").await;
        let units = "query($id: ID!, $orderBy: DefectOrder) { project(id: $id) { units(first: 100) { nodes { code
            defects(first: 4, filter: { alive: true }, orderBy: $orderBy) {
                nodes { number } pageInfo { hasNextPage hasPreviousPage endCursor } } } } } }";
        let next = "query($id: ID!, $orderBy: DefectOrder, $after: String) { unit(id: $id) {
            defects(first: 100, after: $after, filter: { alive: true }, orderBy: $orderBy) { nodes { number } } } }";
        for (field, direction) in [("DUE_AT", "ASC"), ("SEVERITY", "DESC"), ("NUMBER", "ASC"), ("PLACE", "DESC")] {
            let order = json!({ "field": field, "direction": direction });
            let data = manager.ok(units, json!({ "id": app.project.id, "orderBy": order })).await;
            let found = data["project"]["units"]["nodes"].as_array().expect("units").clone();
            assert_eq!(found.len(), 6);
            for unit in found {
                let code = text(&unit, "code");
                let of_unit = |row: &&Value| text(&row["unit"], "code") == code && !matches_any(row, "status", DEAD);
                let rows: Vec<Value> = all.iter().filter(of_unit).cloned().collect();
                let expected = sorted(&rows, field, direction == "DESC");
                let (first, rest) = expected.split_at(4.min(expected.len()));
                let list = &unit["defects"];
                assert_eq!(numbers(list["nodes"].as_array().expect("rows")), numbers(first), "{code} {order}");
                assert_eq!(list["pageInfo"]["hasNextPage"], !rest.is_empty(), "{code} {order}");
                let after = list["pageInfo"]["endCursor"].clone();
                let variables = json!({ "id": app.project.unit(code), "orderBy": order, "after": after });
                let more = manager.ok(next, variables).await["unit"]["defects"]["nodes"].clone();
                assert_eq!(numbers(more.as_array().expect("rows")), numbers(rest), "{code} {order}, the next page");
            }
        }
    }
}
