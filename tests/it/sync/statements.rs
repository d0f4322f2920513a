//! How many statements a page of changes costs: the same whatever its size.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::documents::CHANGES;

use super::{Tablet, log_input, operation};

/// The statements that a page costs, and the page.
async fn page(app: &TestApp, login: &str, cursor: &Value, first: usize) -> (u64, Value) {
    let user = app.user(login).await;
    // The caller is remembered from here on.
    user.ok("{ viewer { name } }", json!({})).await;
    let before = app.app.db.statements().count();
    let variables = json!({ "projectId": app.project.id, "cursor": cursor, "first": first });
    let page = user.ok(CHANGES, variables).await["changes"].clone();
    (app.app.db.statements().count() - before, page)
}

on_both_databases! {
    async fn a_page_of_500_changes_costs_as_many_statements_as_one_of_10(db: TestDb) {
        let app = TestApp::start(&db).await;
        let tablet = Tablet::of(&app, "site").await;
        let people = ["site", "manager", "lead.a"];
        let mut cursors = Vec::new();
        for login in people {
            cursors.push(page(&app, login, &Value::Null, 500).await.1["cursor"].clone());
        }
        for _ in 0..5 {
            let log = |number: usize| {
                operation("defectLog", log_input(&app, v7(), ["1-101", "1-102", "1-201"][number % 3]), None)
            };
            let results = tablet.push(&(0..100).map(log).collect::<Vec<_>>()).await;
            assert!(results.iter().all(|result| result["outcome"] == "APPLIED"), "{results:?}");
        }
        for (login, cursor) in people.into_iter().zip(&cursors) {
            let mut counts = Vec::new();
            for first in [10, 500] {
                let (count, page) = page(&app, login, cursor, first).await;
                assert_eq!(page["nodes"].as_array().map(Vec::len), Some(first), "{login}");
                counts.push(count);
            }
            assert_eq!(counts[0], counts[1], "{login}: statements for 10 and for 500 changes");
        }
    }
}
