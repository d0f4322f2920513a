//! Paged lists: both ways, without gaps, and with cursors that belong to their list.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;

use super::texts;

const UNITS: &str = "query($id: ID!, $filter: UnitFilter, $orderBy: UnitOrder,
    $first: Int, $after: String, $last: Int, $before: String) { project(id: $id) {
    units(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }";

/// Requests a page of the project's units.
async fn page(user: &User<'_>, app: &TestApp, arguments: Value) -> Value {
    let mut variables = json!({ "id": app.project.id });
    for (name, value) in arguments.as_object().expect("arguments") {
        variables[name] = value.clone();
    }
    user.ok(UNITS, variables).await["project"]["units"].clone()
}

/// All consecutive pages, forward or backward.
async fn walk(user: &User<'_>, app: &TestApp, order: Value, forward: bool) -> Vec<String> {
    let mut codes = Vec::new();
    let mut cursor = Value::Null;
    let (count, from, more, next) = match forward {
        true => ("first", "after", "hasNextPage", "endCursor"),
        false => ("last", "before", "hasPreviousPage", "startCursor"),
    };
    loop {
        let units = page(user, app, json!({ "orderBy": order, count: 2, from: cursor })).await;
        let mut some = texts(&units["nodes"], "code");
        if !forward {
            some.reverse();
        }
        codes.append(&mut some);
        if units["pageInfo"][more] == json!(false) {
            return codes;
        }
        cursor = units["pageInfo"][next].clone();
    }
}

on_both_databases! {
    async fn units_are_paged_both_ways_in_every_order(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let rising = ["1-101", "1-102", "1-201", "1-202", "1-301", "1-302"];
        let falling: Vec<&str> = rising.iter().rev().copied().collect();
        for field in ["PLACE", "CODE"] {
            let order = |direction: &str| json!({ "field": field, "direction": direction });
            assert_eq!(walk(&manager, &app, order("ASC"), true).await, rising, "{field}");
            assert_eq!(walk(&manager, &app, order("ASC"), false).await, falling, "{field}");
            assert_eq!(walk(&manager, &app, order("DESC"), true).await, falling, "{field}");
            assert_eq!(walk(&manager, &app, order("DESC"), false).await, rising, "{field}");
        }
        let middle = page(&manager, &app, json!({ "first": 4 })).await;
        let before = json!({ "last": 2, "before": middle["pageInfo"]["endCursor"] });
        assert_eq!(texts(&page(&manager, &app, before).await["nodes"], "code"), ["1-102", "1-201"]);
        assert_eq!(page(&manager, &app, json!({ "first": 100 })).await["nodes"].as_array().map(Vec::len), Some(6));
    }

    async fn units_are_filtered(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        for (filter, codes) in [
            (json!({ "floor": 2 }), vec!["1-201", "1-202"]),
            (json!({ "floor": 2, "code": "02" }), vec!["1-202"]),
            (json!({ "code": "-30" }), vec!["1-301", "1-302"]),
            (json!({ "code": "%" }), vec![]),
            (json!({ "code": "_" }), vec![]),
            (json!({ "kind": "COMMON" }), vec![]),
            (json!({ "kind": "RESIDENTIAL", "floor": 1 }), vec!["1-101", "1-102"]),
        ] {
            let units = page(&manager, &app, json!({ "filter": filter, "first": 50 })).await;
            assert_eq!(texts(&units["nodes"], "code"), codes, "{filter}");
        }
        let long = json!({ "id": app.project.id, "filter": { "code": "1".repeat(101) } });
        assert_eq!(manager.refused(UNITS, long).await, ["BAD_FILTER"]);
    }

    async fn cursors_are_valid_for_their_list_and_page_sizes_are_limited(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let by_place = page(&manager, &app, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
        let id = app.project.id;
        let code = json!({ "field": "CODE" });
        for (variables, wrong) in [
            (json!({ "id": id, "orderBy": code, "after": by_place }), "BAD_CURSOR"),
            (json!({ "id": id, "after": "no cursor" }), "BAD_CURSOR"),
            (json!({ "id": id, "before": "" }), "BAD_CURSOR"),
            (json!({ "id": id, "first": 1, "last": 1 }), "BAD_PAGE"),
            (json!({ "id": id, "first": 0 }), "BAD_PAGE"),
            (json!({ "id": id, "last": -1 }), "BAD_PAGE"),
        ] {
            assert_eq!(manager.refused(UNITS, variables.clone()).await, [wrong], "{variables}");
        }
        let lists = "query($id: ID!, $after: String) { project(id: $id) {
            members(after: $after) { nodes { role } } events(after: $after) { nodes { id } }
            buildings { units(after: $after) { nodes { id } } } } }";
        let answer = manager.query(lists, json!({ "id": id, "after": by_place })).await;
        let codes: Vec<&Value> =
            answer["errors"].as_array().expect("errors").iter().map(|error| &error["extensions"]["code"]).collect();
        assert!(codes.iter().all(|code| *code == "BAD_CURSOR") && !codes.is_empty(), "{answer}");

        // A position in the list of another project is invalid here.
        let stranger = app.user("x.manager").await;
        let variables = json!({ "id": app.other.id, "orderBy": code, "first": 1 });
        let foreign = stranger.ok(UNITS, variables).await["project"]["units"]["pageInfo"]["endCursor"].clone();
        let units = page(&manager, &app, json!({ "orderBy": code, "after": foreign })).await;
        assert_eq!(units["nodes"], json!([]));
    }

    async fn members_events_buildings_and_projects_are_paged(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let members = "query($id: ID!, $after: String) { project(id: $id) { members(first: 4, after: $after) {
            nodes { person { name } } pageInfo { hasNextPage endCursor } } } }";
        let mut names: Vec<String> = Vec::new();
        let mut after = Value::Null;
        loop {
            let data = manager.ok(members, json!({ "id": app.project.id, "after": after })).await;
            let list = data["project"]["members"].clone();
            names.extend(list["nodes"].as_array().expect("nodes").iter().map(|node| node["person"]["name"].to_string()));
            after = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 10);

        let units = "query($id: ID!, $after: String, $last: Int) { project(id: $id) { buildings {
            first: units(first: 2) { nodes { code } pageInfo { hasNextPage endCursor } }
            next: units(first: 2, after: $after) { nodes { code } pageInfo { hasPreviousPage } }
            last: units(last: $last) { nodes { code } } } } }";
        let ask = async |after: Value| {
            let variables = json!({ "id": app.project.id, "after": after, "last": 1 });
            manager.ok(units, variables).await["project"]["buildings"][0].clone()
        };
        let first = ask(Value::Null).await["first"].clone();
        assert_eq!(texts(&first["nodes"], "code"), ["1-101", "1-102"]);
        assert_eq!(first["pageInfo"]["hasNextPage"], true);
        let building = ask(first["pageInfo"]["endCursor"].clone()).await;
        assert_eq!(texts(&building["next"]["nodes"], "code"), ["1-201", "1-202"]);
        assert_eq!(texts(&building["last"]["nodes"], "code"), ["1-302"]);
        assert_eq!(building["next"]["pageInfo"]["hasPreviousPage"], true);

        let projects = "{ projects(last: 1) { nodes { code } pageInfo { hasPreviousPage } } }";
        let data = manager.ok(projects, json!({})).await;
        assert_eq!(data["projects"], json!({ "nodes": [{ "code": "HOME" }], "pageInfo": { "hasPreviousPage": false } }));
    }
}
