//! Lists read only the requested columns, and have their own JSON writer: each field of a row equals that of the object
//! itself, for every selection of fields and every form of the query.

use std::collections::BTreeMap;

use async_graphql::parser::types::FieldDefinition;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;

use super::dataset::Dataset;
use super::people::Users;
use crate::refusals::shape::{Shape, base_name};

const READERS: [&str; 5] = ["manager", "worker.a", "lead.b", "property", "owner1"];

/// Every field of a type with its smallest selection, by name.
fn fields(shape: &Shape, type_name: &str) -> BTreeMap<String, String> {
    let fields = shape.fields(type_name).into_iter();
    fields
        .map(|f| (f.name.node.to_string(), format!("{}{}", f.name.node, least(shape, &base_name(&f.ty.node)))))
        .collect()
}

/// The smallest selection of a type: a leaf, or the smallest selection of its first field.
fn least(shape: &Shape, type_name: &str) -> String {
    let below = shape.fields(type_name);
    let inner = |field: &FieldDefinition| base_name(&field.ty.node);
    match below.iter().find(|field| shape.fields(&inner(field)).is_empty()).or(below.first()) {
        Some(field) => format!(" {{ {}{} }}", field.name.node, least(shape, &inner(field))),
        None => String::new(),
    }
}

/// Without the part of a link that changes with time.
fn settled(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("http://") => json!(text.split('?').next()),
        other => other.clone(),
    }
}

/// The fields of one object, read by its id.
async fn alone(user: &User<'_>, query: &str, id: &str, fields: &BTreeMap<String, String>) -> Value {
    let selection: Vec<&str> = fields.values().map(String::as_str).collect();
    let document = format!("query($id: ID!) {{ {query}(id: $id) {{ {} }} }}", selection.join(" "));
    user.ok(&document, json!({ "id": id })).await[query].clone()
}

/// All rows at a path of lists, the outermost first.
fn rows<'v>(value: &'v Value, places: &[&str], found: &mut Vec<&'v Value>) {
    match (value, places) {
        (Value::Array(items), _) => items.iter().for_each(|item| rows(item, places, found)),
        (Value::Object(fields), [first, rest @ ..]) => {
            if let Some(inner) = fields.get(*first) {
                rows(inner, rest, found);
            }
        }
        (Value::Null, _) => {}
        // The node has another type.
        (Value::Object(fields), []) if fields.is_empty() => {}
        (row, _) => found.push(row),
    }
}

struct List {
    query: &'static str,
    type_name: &'static str,
    /// A query with `{}` for the row's selection.
    document: &'static str,
    places: &'static [&'static str],
}

/// Objects of all types, of which only those of one type have fields.
const fn changes(query: &'static str, type_name: &'static str, document: &'static str) -> List {
    List { query, type_name, document, places: &["changes", "nodes", "object"] }
}

const LISTS: [List; 8] = [
    changes(
        "defect",
        "Defect",
        "query($project: ID!, $unit: ID!) { unit(id: $unit) { id }
            changes(projectId: $project, first: 500) { nodes { object { ... on Defect { {} } } } } }",
    ),
    changes(
        "unit",
        "Unit",
        "query($project: ID!, $unit: ID!) { unit(id: $unit) { id }
            changes(projectId: $project, first: 500) { nodes { object { ... on Unit { {} } } } } }",
    ),
    changes(
        "photo",
        "Photo",
        "query($project: ID!, $unit: ID!) { unit(id: $unit) { id }
            changes(projectId: $project, first: 500) { nodes { object { ... on Photo { {} } } } } }",
    ),
    List {
        query: "defect",
        type_name: "Defect",
        document: "query($project: ID!, $unit: ID!) {
            project(id: $project) { defects(first: 100) { nodes { {} } } } unit(id: $unit) { id } }",
        places: &["project", "defects", "nodes"],
    },
    List {
        query: "defect",
        type_name: "Defect",
        document: "query($project: ID!, $unit: ID!) {
            project(id: $project) { defects(first: 100, orderBy: { field: SEVERITY }) { edges { node { {} } } } }
            unit(id: $unit) { id } }",
        places: &["project", "defects", "edges", "node"],
    },
    List {
        query: "defect",
        type_name: "Defect",
        document: "query($project: ID!, $unit: ID!) {
            project(id: $project) { id } unit(id: $unit) { rooms { defects { ...Row } } } } fragment Row on Defect { {} }",
        places: &["unit", "rooms", "defects"],
    },
    List {
        query: "defect",
        type_name: "Defect",
        document: "query($project: ID!, $unit: ID!) {
            project(id: $project) { id } unit(id: $unit) { defects(first: 100) { nodes { {} } } } }",
        places: &["unit", "defects", "nodes"],
    },
    List {
        query: "photo",
        type_name: "Photo",
        document: "query($project: ID!, $unit: ID!) {
            project(id: $project) { id } unit(id: $unit) { rooms { defects { photos { {} } } } } }",
        places: &["unit", "rooms", "defects", "photos"],
    },
];

/// Checks a list field by field; returns the number of its rows.
async fn check(app: &TestApp, user: &User<'_>, shape: &Shape, list: &List) -> usize {
    let fields = fields(shape, list.type_name);
    let variables = json!({ "project": app.project.id, "unit": app.project.unit("1-101") });
    let mut objects: BTreeMap<String, Value> = BTreeMap::new();
    for (name, selection) in &fields {
        let mut told = Vec::new();
        // The second form, with a directive, is executed by async-graphql itself.
        for id in ["id", "id @include(if: true)"] {
            let document = list.document.replace("{}", &format!("{id} {selection}"));
            told.push(user.ok(&document, variables.clone()).await);
        }
        let mut found = [Vec::new(), Vec::new()];
        for (answer, found) in told.iter().zip(&mut found) {
            rows(answer, list.places, found);
        }
        assert_eq!(found[0].len(), found[1].len());
        for (row, other) in found[0].iter().zip(&found[1]) {
            let id = row["id"].as_str().expect("an id");
            if !objects.contains_key(id) {
                objects.insert(id.to_owned(), alone(user, list.query, id, &fields).await);
            }
            let expected = settled(&objects[id][name]);
            let said = format!("{} reads {}.{name} of {id}", user.login, list.type_name);
            assert_eq!(settled(&row[name]), expected, "{said}, asked alone");
            assert_eq!(settled(&other[name]), expected, "{said}, asked the general way");
        }
    }
    objects.len()
}

on_both_databases! {
    async fn each_field_of_a_row_equals_that_of_the_object(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = Users::of(&app).await;
        Dataset::create(&app, &users).await;
        let shape = Shape::read();
        for list in &LISTS {
            for login in READERS {
                let seen = check(&app, users.get(login), &shape, list).await;
                assert!(seen > 0, "{login} sees no {}", list.type_name);
            }
        }
    }
}
