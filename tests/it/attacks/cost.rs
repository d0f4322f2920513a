//! The price of a request bounds its cost: each of these once produced tens of megabytes for a few points.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::tablet::documents;
use transport::budget::BudgetLimits;
use transport::limits::{Limits, Shapes, check};

use super::priced::Priced;

/// The maximum size of an admitted answer, in bytes.
const MOST_BYTES: usize = 5_000_000;

/// The cost of a document by the real schema, or the codes of the exceeded limits.
fn cost(document: &str, variables: Value) -> Result<u64, Vec<&'static str>> {
    let shapes = Shapes::from_sdl(&schema::sdl(), &schema::profile::PROFILE.prices).expect("the schema can be read");
    let document = parse_query(document).unwrap_or_else(|error| panic!("{error} in {document}"));
    check(&Limits::default(), &shapes, false, &document, None, &Variables::from_json(variables))
        .map_err(|violations| violations.into_iter().map(|violation| violation.code).collect())
}

#[test]
fn every_list_without_page_arguments_has_an_expected_size() {
    let shapes = Shapes::from_sdl(&schema::sdl(), &schema::profile::PROFILE.prices).expect("the schema can be read");
    let faults = shapes.faults();
    assert!(faults.is_empty(), "give each list of objects its size in api/schema/src/prices.rs: {faults:#?}");
}

/// The five queries of the original finding, with the size of their answers then: 1.9, 38, 90.6 and 85 MB, and a
/// timeout.
fn multiplications() -> [(&'static str, String); 5] {
    let three = "{project(id:P){units(first:9){nodes{project{units(first:9){nodes{project{units(first:9){nodes{project{
        terms{code}}}}}}}}}}}}";
    let two = "{project(id:P){units(first:99){nodes{project{units(first:99){nodes{project{terms{code zh en}}}}}}}}}";
    let more =
        "{project(id:P){units(first:9){nodes{project{units(first:99){nodes{project{units(first:99){nodes{project{
        terms{code}}}}}}}}}}}}";
    let whole = more.replace("terms{code}", "terms{kind code zh en name data}");
    let home = "{unit(id:H){rooms{unit{rooms{unit{rooms{unit{rooms{unit{project{terms{code}}}}}}}}}}}}";
    [
        ("pages of nine", three.to_owned()),
        ("pages of 99", two.to_owned()),
        ("pages of 9 and 99", more.to_owned()),
        ("all fields of terms", whole),
        ("an owner's rooms", home.to_owned()),
    ]
}

#[test]
fn lists_in_lists_are_priced_by_all_their_rows() {
    for (name, document) in multiplications() {
        let document = document.replace("P)", "\"p\")").replace("H)", "\"h\")");
        assert_eq!(cost(&document, json!({})), Err(vec!["COST_LIMIT_EXCEEDED"]), "{name}");
    }
}

#[test]
fn scalars_that_run_statements_have_a_price() {
    let counts = |filter: &str, times: u32| {
        let count = |number| format!("a{number}: defectCount{filter} ");
        format!("{{ project(id: 1) {{ {} }} }}", (0..times).map(count).collect::<String>())
    };
    assert_eq!(cost(&counts("", 3), json!({})), Ok(32));
    let words = "(filter: { text: \"a b c d e f g h\" })";
    assert_eq!(cost(&counts(words, 1), json!({})), Ok(102));
    assert_eq!(cost(&counts(words, 30), json!({})), Err(vec!["COST_LIMIT_EXCEEDED"]));
    let by_variable = "query($filter: DefectFilter) { project(id: 1) { defectCount(filter: $filter) } }";
    assert_eq!(cost(by_variable, json!({ "filter": { "text": "one two" } })), Ok(42));
    assert_eq!(cost("{ project(id: 1) { missingPhotoCount overview { overdue } } }", json!({})), Ok(62));
    let links = |times: u32| {
        let link = |number| format!("l{number}: url ");
        let links = (0..times).map(link).collect::<String>();
        format!("{{ project(id: 1) {{ defects(first: 100) {{ nodes {{ photos {{ {links} }} }} }} }} }}")
    };
    assert_eq!(cost(&links(1), json!({})), Ok(135), "a link is signed for each of 400 photos");
    assert_eq!(cost(&links(30), json!({})), Err(vec!["COST_LIMIT_EXCEEDED"]));
    let of_units = "{ project(id: 1) { units(first: 100) { nodes { defectCount } } } }";
    assert_eq!(cost(of_units, json!({})), Ok(23), "one statement for all of them");
}

#[test]
fn writes_are_priced_by_the_number_of_objects() {
    let assign = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) {
        results { defect { id } userErrors { code } } userErrors { code } } }";
    let one = cost(assign, json!({ "input": { "defectId": "1" } })).expect("within the limit");
    let hundred = cost(assign, json!({ "input": { "defectIds": vec!["1"; 100] } })).expect("within the limit");
    assert!(hundred - one >= 100, "{one}, {hundred}");
    let push = "mutation($input: SyncPushInput!) { syncPush(input: $input) { results { outcome } } }";
    let of = |count: usize| cost(push, json!({ "input": { "operations": vec![json!({}); count] } }));
    assert!(of(100).expect("within the limit") >= 100 + of(1).expect("within the limit") - 3);
    let open = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) { units { id } } }";
    let of = |count: usize| cost(open, json!({ "input": { "unitIds": vec!["1"; count] } }));
    assert!((250..500).contains(&of(500).expect("the largest one is within the limit")));
    let import =
        "mutation($file: String!) { projectImport(input: { format: YAML, content: $file }) { project { id } } }";
    let of = |bytes: usize| cost(import, json!({ "file": "x".repeat(bytes) })).expect("within the limit");
    assert_eq!(of(1_000_000) - of(0), 244, "a point for each 4 KiB");
    let twice = import.replace(
        "}) { project { id } } }",
        "}) { project { id } } b: projectImport(input: { format: YAML,
        content: $file }) { project { id } } }",
    );
    assert_eq!(cost(&twice, json!({ "file": "x".repeat(1_000_000) })), Err(vec!["COST_LIMIT_EXCEEDED"]));
}

#[test]
fn pages_outside_of_their_range_are_refused_before_anything_runs() {
    let page = "query($n: Int) { project(id: 1) { units(first: $n) { nodes { id } } } }";
    for wrong in [-1, 0, 101, 2_000_000_000] {
        assert_eq!(cost(page, json!({ "n": wrong })), Err(vec!["BAD_PAGE"]), "{wrong}");
    }
    assert!(cost(page, json!({ "n": 100 })).is_ok());
    assert_eq!(cost(&page.replace("first", "last"), json!({ "n": 101 })), Err(vec!["BAD_PAGE"]));
    let changes = "{ changes(projectId: 1, first: 501) { hasMore } }";
    assert_eq!(cost(changes, json!({})), Err(vec!["BAD_PAGE"]));
}

/// The documents of honest clients and their costs, so that a change of prices shows here.
#[test]
fn honest_operations_are_cheap() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/assets/examples");
    let mut examples: Vec<_> =
        std::fs::read_dir(folder).expect("the examples").flatten().map(|file| file.path()).collect();
    examples.retain(|path| path.extension().is_some_and(|extension| extension == "graphql"));
    examples.sort();
    let mut table = String::new();
    for path in examples {
        let text = std::fs::read_to_string(&path).expect("a text");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let lookup: String = text.lines().filter_map(|line| line.strip_prefix("# lookup: ")).collect();
        let variables = json!({ "file": "x".repeat(2_000) });
        let own = cost(&text, variables).unwrap_or_else(|codes| panic!("{name}: {codes:?}"));
        let lookup = if lookup.is_empty() {
            0
        } else {
            cost(&lookup, json!({})).unwrap_or_else(|codes| panic!("{name}'s lookup: {codes:?}"))
        };
        table += &format!("{name} {own} {lookup}\n");
        assert!(own <= 100 && lookup <= 200, "{name} costs {own}, its lookup {lookup}");
    }
    println!("{table}");
    let operations = json!({ "input": { "operations": vec![json!({}); 100] } });
    for (name, document, variables, most) in [
        ("sign-in", documents::SESSION_CREATE, json!({}), 30),
        ("refresh", documents::SESSION_REFRESH, json!({}), 10),
        ("push of 100", documents::PUSH, operations, 200),
        ("pending edits", documents::PENDING_EDITS, json!({}), 30),
        ("report", documents::REPORT, json!({}), 10),
        ("photo create", documents::PHOTO_CREATE, json!({}), 15),
        ("photo complete", documents::PHOTO_COMPLETE, json!({}), 10),
        ("changes", documents::CHANGES, json!({ "first": 500 }), 5),
    ] {
        let cost = cost(document, variables).unwrap_or_else(|codes| panic!("{name}: {codes:?}"));
        println!("{name} {cost}");
        assert!(cost <= most, "{name} costs {cost}");
    }
}

on_both_databases! {
    async fn multiplied_selections_are_refused_for_everyone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        for (host, login) in [(61, "worker.a"), (62, "manager")] {
            let person = server.at(host).sign_in(login).await;
            for (name, document) in multiplications() {
                let id = |id: uuid::Uuid| format!("\"{id}\")");
                let document = document.replace("P)", &id(app.project.id)).replace("H)", &id(app.project.unit("1-101")));
                let answer = person.ask(&document, json!({})).await;
                assert_eq!(answer.code(), Some("COST_LIMIT_EXCEEDED"), "{login}: {name}");
                assert!(answer.bytes < 10_000 && answer.cost() <= 2, "{login}: {name}");
            }
        }
    }

    async fn admitted_answers_stay_under_five_megabytes(db: TestDb) {
        let limits = Limits { cost: u64::MAX, depth: 50, ..Limits::default() };
        let app = TestApp::start_with(&db, limits).await;
        let manager = app.user("manager").await;
        for (name, document) in multiplications() {
            let id = |id: uuid::Uuid| format!("\"{id}\")");
            let document = document.replace("P)", &id(app.project.id)).replace("H)", &id(app.project.unit("1-101")));
            let answer = manager.query(&document, json!({})).await;
            let text = answer.to_string();
            assert!(text.len() < MOST_BYTES, "{name}: {} bytes", text.len());
        }
    }

    async fn documents_over_the_budget_are_refused_as_a_whole(db: TestDb) {
        let answer = BudgetLimits { objects: 1_000, bytes: 100_000 };
        let app = TestApp::start_with(&db, Limits { answer, ..Limits::default() }).await;
        let manager = app.user("manager").await;
        let id = app.project.id;
        let document = "query($id: ID!) { project(id: $id) { a: terms { code } b: terms { code } c: terms { code }
            d: terms { code } e: terms { code } f: terms { code } g: terms { code } h: terms { code } i: terms { code }
            j: terms { code } } }";
        let refused = manager.query(document, json!({ "id": id })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "ANSWER_TOO_LARGE", "{refused}");
        assert!(refused.get("data").is_none_or(Value::is_null), "{refused}");
        // Few objects, but many bytes.
        let names = (0..28).map(|number| format!("n{number}: name ")).collect::<String>();
        let document = format!("query($id: ID!) {{ project(id: $id) {{ a: terms {{ {names} }} b: terms {{ kind en zh data }} }} }}");
        let refused = manager.query(&document, json!({ "id": id })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "ANSWER_TOO_LARGE", "{refused}");
        manager.ok("query($id: ID!) { project(id: $id) { terms { code name } } }", json!({ "id": id })).await;
        assert_eq!(manager.ok("{ viewer { name } }", json!({})).await["viewer"]["name"], "manager by name");
    }
}
