//! The number of statements of a screen: the same with 10 and with 100 rows.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::document;
use tests::on_both_databases;
use tests::user::User;
use transport::Limits;

use super::log_defect;

/// The number of statements of a request, and its answer.
async fn counted(app: &TestApp, user: &User<'_>, document: &str, variables: Value) -> (u64, Value) {
    // The caller is cached from here on.
    user.ok("{ viewer { name } }", json!({})).await;
    let before = app.app.db.statements().count();
    let data = user.ok(document, variables).await;
    (app.app.db.statements().count() - before, data)
}

on_both_databases! {
    async fn unit_costs_the_same_statements_for_any_number_of_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let screen = "query($id: ID!) { unit(id: $id) { code rooms { code outline { x } defects {
            number responsibleCompany { name } assignee { name } photos { id } type { name } } } } }";
        let lead = app.user("lead.a").await;
        let assign = "mutation($input: DefectAssignInput!) {
            defectAssign(input: $input) { results { userErrors { code message } } userErrors { code message } } }";
        let mut counts = Vec::new();
        for rows in [10, 90] {
            let mut defects = Vec::new();
            for number in 0..rows {
                let room = ["LIVING", "BED", "BATH", "KITCHEN"][number % 4];
                defects.push(log_defect(&app, "site", "1-101", room, "WALL.CRACK").await);
            }
            let input = json!({ "defectIds": defects, "assigneeId": app.person_id("worker.a") });
            lead.ok(assign, json!({ "input": input })).await;
            let (count, data) = counted(&app, &lead, screen, json!({ "id": app.project.unit("1-101") })).await;
            let rooms = data["unit"]["rooms"].as_array().expect("rooms").clone();
            let defects: Vec<&Value> =
                rooms.iter().flat_map(|room| room["defects"].as_array().expect("defects")).collect();
            assert_eq!(defects.len(), if counts.is_empty() { 10 } else { 100 });
            assert!(defects.iter().all(|defect| defect["assignee"]["name"] == "worker.a by name"), "{data}");
            counts.push(count);
        }
        // Unit; rooms; outlines and defects; companies, people, photos, types.
        assert_eq!(counts, [8, 8]);
    }

    async fn list_of_defects_costs_the_same_statements_for_any_length(db: TestDb) {
        let app = TestApp::start(&db).await;
        for number in 0..100 {
            let room = ["LIVING", "BED", "BATH", "KITCHEN"][number % 4];
            log_defect(&app, "site", ["1-101", "1-102", "1-201"][number % 3], room, "WALL.CRACK").await;
        }
        let list = "query($id: ID!, $rows: Int) { project(id: $id) { defects(first: $rows, orderBy: { field: DUE_AT }) {
            nodes { number unit { code } room { code } raisedBy { name } responsibleCompany { name } photos(first: 2) { id }
                attempts { number } comments { body } events { name } allowedCommands { name allowed } } } } }";
        for login in ["manager", "lead.a"] {
            let user = app.user(login).await;
            let mut counts = Vec::new();
            for rows in [10, 100] {
                let (count, data) = counted(&app, &user, list, json!({ "id": app.project.id, "rows": rows })).await;
                let nodes = data["project"]["defects"]["nodes"].as_array().expect("defects").len();
                assert_eq!(nodes, rows, "{login}");
                counts.push(count);
            }
            assert_eq!(counts[0], counts[1], "{login}: statements for 10 and for 100 defects");
        }
    }

    async fn page_of_changes_costs_the_same_statements_for_any_length(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let pull = "query($id: ID!, $cursor: String, $rows: Int) { changes(projectId: $id, cursor: $cursor, first: $rows) {
            cursor nodes { seq kind id object { id ... on Defect { number unit { code } photos { id } } } } } }";
        let full = json!({ "id": app.project.id, "rows": 500 });
        let cursor = manager.ok(pull, full).await["changes"]["cursor"].clone();
        for number in 0..100 {
            log_defect(&app, "site", ["1-101", "1-102", "1-201"][number % 3], "LIVING", "WALL.CRACK").await;
        }
        let mut counts = Vec::new();
        for rows in [10, 100] {
            let variables = json!({ "id": app.project.id, "cursor": cursor, "rows": rows });
            let (count, data) = counted(&app, &manager, pull, variables).await;
            let nodes = data["changes"]["nodes"].as_array().expect("changes").clone();
            assert_eq!(nodes.len(), rows);
            assert!(nodes.iter().all(|node| node["object"]["number"].is_string()), "{nodes:?}");
            counts.push(count);
        }
        assert_eq!(counts[0], counts[1], "statements for 10 and for 100 changes");
    }

    async fn list_of_units_costs_the_same_statements_for_any_length(db: TestDb) {
        // More units than the limit of one request, so that a statement for each row would show.
        let app = TestApp::start_with(&db, Limits { cost: u64::MAX, ..Limits::default() }).await;
        let mut large = document("HOME", "");
        large["buildings"][0]["floors"] = 50.into();
        large["unitRanges"][0]["toFloor"] = 50.into();
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            userErrors { code message } } }";
        app.user("root").await.ok(import, json!({ "content": large.to_string() })).await;

        let manager = app.user("manager").await;
        let list = "query($id: ID!, $rows: Int) { project(id: $id) { units(first: $rows) { nodes {
            code building { code } unitType { code plan { version } } rooms { code roomType outline { x } }
            owners { kind person { name } } defectCount lateCount: defectCount(filter: { overdue: true })
            defects(first: 3) { nodes { number } } late: defects(first: 1, filter: { overdue: true }) { nodes { number } }
            } } } }";
        let buildings = "query($id: ID!, $rows: Int) { project(id: $id) { buildings { units(first: $rows) {
            nodes { code rooms { code } } } } } }";
        // Project; units; buildings, unit types, rooms, owners, both counts and lists; plans, outlines, people.
        // Project; buildings; units; rooms.
        for (document, statements) in [(list, 13), (buildings, 4)] {
            for rows in [10, 100] {
                let variables = json!({ "id": app.project.id, "rows": rows });
                let (count, data) = counted(&app, &manager, document, variables).await;
                let project = &data["project"];
                let units = if document == list { &project["units"] } else { &project["buildings"][0]["units"] };
                assert_eq!(units["nodes"].as_array().map(Vec::len), Some(rows), "{document}");
                assert_eq!(count, statements, "{rows} rows of {document}");
            }
        }
    }
}
