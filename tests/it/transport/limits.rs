//! The limits of a document, and that measuring it is cheap.

use std::fmt::Write;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::{Value, json};
use transport::limits::{Measured, check};
use transport::{Limits, Shapes};

use super::server::Server;

const SDL: &str = "
type Query { unit(id: ID!): Unit projects(first: Int, after: String, last: Int): ProjectConnection! nodes(ids: [ID!]!): [Node]! }
type Mutation { unitOpen(id: ID!): Unit }
interface Node { id: ID! }
type Unit implements Node { id: ID! rooms: [Room!]! defects(first: Int, last: Int): DefectConnection! building: Building! }
type Building { name: String! units(first: Int): UnitConnection! }
type UnitConnection { nodes: [Unit!]! }
type Room { id: ID! defects(first: Int): DefectConnection! }
type Defect implements Node { id: ID! photos: [Photo!]! company: Company assignee: Person unit: Unit! }
type DefectConnection { edges: [DefectEdge!]! nodes: [Defect!]! pageInfo: PageInfo! }
type DefectEdge { cursor: String! node: Defect! }
type PageInfo { hasNextPage: Boolean! }
type Photo { url: String! } type Company { name: String! } type Person { name: String! }
type ProjectConnection { nodes: [Project!]! }
type Project { id: ID! defects(first: Int): DefectConnection! }
";

fn refused(document: &str, variables: Value) -> Result<u64, Vec<&'static str>> {
    let shapes = Shapes::from_sdl(SDL, &schema::profile::PROFILE.prices).expect("a schema");
    let document = parse_query(document).expect("a document");
    check(&Limits::default(), &shapes, false, &document, None, &Variables::from_json(variables))
        .map_err(|violations| violations.into_iter().map(|violation| violation.code).collect())
}

fn cost(document: &str) -> u64 {
    refused(document, json!({})).expect("within the limits")
}

#[test]
fn ordinary_screen_is_far_below_the_limit() {
    let screen = "{ unit(id: 1) { id rooms { id defects(first: 20) { edges { cursor node {
        id photos { url } company { name } assignee { name } } } pageInfo { hasNextPage } } } } }";
    // 14 rooms with 20 defects of 7 objects each, 4 links that count as 2 objects each, and a statement for each room
    // and relation.
    assert_eq!(cost(screen), 441);
    let lists = "{ projects(first: 10) { nodes { id defects(first: 10) { nodes {
        id photos { url } company { name } assignee { name } } } } } }";
    assert_eq!(cost(lists), 175);
}

#[test]
fn pages_multiply_the_cost_and_variables_count() {
    let page = |first: &str| {
        format!("query ($n: Int, $m: Int = 50) {{ unit(id: 1) {{ defects{first} {{ nodes {{ id }} }} }} }}")
    };
    let with = |first: &str, variables| refused(&page(first), variables);
    assert_eq!(with("", json!({})), Ok(6), "20 rows if left out");
    assert_eq!(with("(first: 50)", json!({})), Ok(9));
    assert_eq!(with("(last: 50)", json!({})), Ok(9));
    assert_eq!(with("(first: $n)", json!({ "n": 100 })), Ok(14));
    assert_eq!(with("(first: $n)", json!({ "n": null })), Ok(6));
    assert_eq!(with("(first: $m)", json!({})), Ok(9), "the default of the variable");
    assert_eq!(with("(first: $n)", json!({ "n": 4_000_000 })), Err(vec!["BAD_PAGE"]), "a page has 100 rows at most");
    assert_eq!(with("(first: -5)", json!({})), Err(vec!["BAD_PAGE"]));
    assert_eq!(refused("query ($i: [ID!]!) { nodes(ids: $i) { id } }", json!({ "i": vec!["x"; 100] })), Ok(11));
}

#[test]
fn pages_of_pages_are_refused() {
    let document = "query ($n: Int) { projects(first: $n) { nodes { defects(first: $n) { nodes { unit {
        defects(first: $n) { nodes { id } } } } } } } }";
    assert_eq!(refused(document, json!({ "n": 100 })), Err(vec!["COST_LIMIT_EXCEEDED"]));
    assert!(refused(document, json!({ "n": 9 })).is_ok());
    let fragments = "query { projects(first: 100) { nodes { ...P } } }
        fragment P on Project { defects(first: 100) { edges { node { ...D } } } }
        fragment D on Defect { company { name } assignee { name } photos { url } }";
    assert_eq!(refused(fragments, json!({})), Err(vec!["COST_LIMIT_EXCEEDED"]), "fragments are charged at each use");
}

#[test]
fn every_limit_refuses_exactly_the_documents_over_it() {
    let deep = |levels: usize| {
        let levels = levels - 2;
        format!(
            "{{ unit(id: 1) {} id {} }}",
            "{ building { units(first: 1) { nodes ".repeat(levels / 3) + "{",
            "}".repeat(levels / 3 * 3 + 1)
        )
    };
    assert!(refused(&deep(11), json!({})).is_ok());
    assert_eq!(refused(&deep(14), json!({})), Err(vec!["DEPTH_LIMIT_EXCEEDED"]));
    let repeat = |count: usize, text: &str| text.repeat(count);
    let aliases = |count| {
        let fields: String = (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, " a{n}: id");
            text
        });
        format!("{{ unit(id: 1) {{ {fields} }} }}")
    };
    assert!(refused(&aliases(30), json!({})).is_ok());
    assert_eq!(refused(&aliases(31), json!({})), Err(vec!["ALIAS_LIMIT_EXCEEDED"]));
    let roots = |count| format!("{{ {} }}", repeat(count, "unit(id: 1) { id } "));
    assert!(refused(&roots(30), json!({})).is_ok());
    assert_eq!(refused(&roots(31), json!({})), Err(vec!["ROOT_FIELD_LIMIT_EXCEEDED"]));
    let directives = |count| format!("{{ unit(id: 1) {{ id {} }} }}", repeat(count, "@skip(if: false) "));
    assert!(refused(&directives(50), json!({})).is_ok());
    assert_eq!(refused(&directives(51), json!({})), Err(vec!["DIRECTIVE_LIMIT_EXCEEDED"]));
    let fragments = |count| {
        let defined: String = (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, " fragment F{n} on Unit {{ id }}");
            text
        });
        format!("{{ unit(id: 1) {{ id }} }} {defined}")
    };
    assert!(refused(&fragments(100), json!({})).is_ok());
    assert_eq!(refused(&fragments(101), json!({})), Err(vec!["FRAGMENT_LIMIT_EXCEEDED"]));
    let selections = |count: usize| format!("{{ unit(id: 1) {{ {} }} }}", repeat(count - 1, "id "));
    assert!(refused(&selections(5_000), json!({})).is_ok());
    assert_eq!(refused(&selections(5_001), json!({})), Err(vec!["SELECTION_LIMIT_EXCEEDED"]));
    let hidden = "{ unit(id: 1) { ...F } } fragment F on Unit { ...G ...G } fragment G on Unit { a: id b: id c: id }";
    let hidden = hidden.replace("a: id b: id c: id", &aliases(16).replace("{ unit(id: 1) {", "").replace("} }", ""));
    assert_eq!(refused(&hidden, json!({})), Err(vec!["ALIAS_LIMIT_EXCEEDED"]), "also behind fragments");
}

/// Fragments of which each spreads the next twice.
fn bomb(levels: usize) -> String {
    let mut text = String::from("{ unit(id: 1) { ...F0 } }");
    for level in 0..levels {
        let next = level + 1;
        let _ = write!(text, " fragment F{level} on Unit {{ ...F{next} ...F{next} }}");
    }
    let _ = write!(text, " fragment F{levels} on Unit {{ id }}");
    text
}

#[test]
fn fragment_bomb_is_measured_in_one_pass() {
    let shapes = Shapes::from_sdl(SDL, &schema::profile::PROFILE.prices).expect("a schema");
    for levels in [20, 40, 99] {
        let document = parse_query(bomb(levels)).expect("a document");
        let measured = Measured::of(&document, &shapes, None, &Variables::default()).expect("no cycle");
        assert_eq!(measured.visited, 2 * levels as u64 + 3, "each selection of the text once");
        assert!(measured.selections >= 1 << levels.min(63), "but all of them counted");
    }
}

#[tokio::test]
async fn fragment_bombs_over_http_are_refused_before_validation() {
    let server = Server::start().await;
    let bomb = bomb(40).replace("unit(id: 1)", "faults(count: 1)").replace("Unit", "Fault").replace(" id ", " value ");
    let answer = server.ask(&bomb).await;
    assert_eq!((answer.status, answer.code()), (400, Some("SELECTION_LIMIT_EXCEEDED")));
    // The fragments are not executed, but validation would visit them.
    let unused = bomb.replace("...F0", "value");
    assert_eq!(server.ask(&unused).await.code(), Some("SELECTION_LIMIT_EXCEEDED"));
    let elsewhere = format!("query A {{ hello }} {}", bomb.replacen('{', "query B {", 1));
    let body = json!({ "query": elsewhere, "operationName": "A" });
    assert_eq!(super::server::send(server.post().json(&body)).await.code(), Some("SELECTION_LIMIT_EXCEEDED"));
    let cycle = "{ faults(count: 1) { ...A } } fragment A on Fault { ...B } fragment B on Fault { ...A }";
    assert_eq!(server.ask(cycle).await.code(), Some("FRAGMENT_CYCLE"));
}

#[tokio::test]
async fn deep_documents_do_not_exhaust_the_stack() {
    let server = Server::start().await;
    for (open, close) in [("[", "]"), ("{b:", "}")] {
        let value = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        let answer = server.ask(&format!("{{ hello(name: {value}) }}")).await;
        assert_eq!(answer.code(), Some("DEPTH_LIMIT_EXCEEDED"), "{open}");
    }
    let variable = (0..120).fold(json!(1), |inner, _| json!([inner]));
    let answer = server.ask_with("query ($n: String) { hello(name: $n) }", json!({ "n": variable })).await;
    assert_eq!(answer.status, 400);
    for open in ["{a", "{a(x:[", "{a(x:{b:", "{...{"] {
        let answer = server.ask(&open.repeat(32_000 / open.len())).await;
        assert_eq!(answer.code(), Some("DEPTH_LIMIT_EXCEEDED"), "{open}");
    }
    let answer = server.ask(&format!("query ($x: {}Int) {{ hello }}", "[".repeat(30_000))).await;
    assert_eq!(answer.code(), Some("DEPTH_LIMIT_EXCEEDED"));
    // Deep fragments in a long chain, each within the limit of the parser.
    let mut chain = String::from("{ ...F0 }");
    for level in 0..99 {
        let _ =
            write!(chain, " fragment F{level} on Query {{{} ...F{} {}}}", "a{".repeat(50), level + 1, "}".repeat(50));
    }
    chain.push_str(" fragment F99 on Query { hello }");
    assert_eq!(server.ask(&chain).await.code(), Some("DEPTH_LIMIT_EXCEEDED"));
    assert_eq!(server.ask("{ hello }").await.status, 200);
}

#[tokio::test]
async fn usual_introspection_is_accepted_and_its_multiplication_is_refused() {
    let server = Server::start().await;
    let usual = "query { __schema { types { ...T } directives { args { ...I } } } }
        fragment T on __Type { name fields(includeDeprecated: true) { name args { ...I } type { ...R } } inputFields { ...I }
            interfaces { ...R } enumValues { name } possibleTypes { ...R } }
        fragment I on __InputValue { name type { ...R } defaultValue }
        fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
            ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
    let answer = server.ask(usual).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.text);
    let squared = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(server.ask(squared).await.code(), Some("DEPTH_LIMIT_EXCEEDED"));
}
