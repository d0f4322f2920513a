//! The number of statements of a page of changes, which is independent of its size; and the indexes of a push.

use domain::VisibilityScope;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::documents::CHANGES;

use super::{Tablet, log_input, operation};

/// The number of statements of a page, and the page.
async fn page(app: &TestApp, login: &str, cursor: &Value, first: usize) -> (u64, Value) {
    let user = app.user(login).await;
    // The caller is cached from here on.
    user.ok("{ viewer { name } }", json!({})).await;
    let before = app.app.db.statements().count();
    let variables = json!({ "projectId": app.project.id, "cursor": cursor, "first": first });
    let page = user.ok(CHANGES, variables).await["changes"].clone();
    (app.app.db.statements().count() - before, page)
}

/// Adds this many openings of units, as in a database of many projects.
async fn add_openings(app: &TestApp, count: usize) {
    let postgres = app.app.db.read().get_database_backend() == DbBackend::Postgres;
    let (new_id, data) =
        if postgres { ("gen_random_uuid()", "CAST('{}' AS jsonb)") } else { ("randomblob(16)", "'{}'") };
    let code = &app.project.code;
    let insert = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO events (id, project_id, seq, object_kind, object_id, unit_id, name, visible_to, occurred_at,
           recorded_at, data)
         SELECT {new_id}, projects.id, 1000000 + i, 'UNIT', {new_id}, {new_id}, 'UNIT_OPENED_TO_OWNER', 'STAFF', 1, 1,
           {data} FROM n JOIN projects ON projects.code = '{code}'"
    );
    app.app
        .db
        .write(async |tx| {
            tx.execute_unprepared(&insert).await?;
            tx.execute_unprepared("ANALYZE").await
        })
        .await
        .expect("events");
}

on_both_databases! {
    async fn opened_units_of_a_person_are_found_by_indexes_of_their_events(db: TestDb) {
        let app = TestApp::start(&db).await;
        add_openings(&app, 20_000).await;
        let owner = app.person_id("owner1");
        let reader = app.app.db.read();
        let plan = store::sync::opened_ownerships_plan(reader, owner.into()).await.expect("a plan");
        assert!(plan.contains("ix_events_object_id_seq"), "{plan}");
        assert!(!plan.contains("SCAN events") && !plan.contains("Seq Scan on events"), "{plan}");
        assert!(!store::sync::had_project_role(reader, owner.into()).await.expect("an answer"), "no unit is opened");
        app.open_to_owner(app.project.unit("1-101")).await;
        assert!(store::sync::had_project_role(reader, owner.into()).await.expect("an answer"));
        let close = "mutation($id: ID!) { unitCloseToOwner(input: { unitIds: [$id] }) { userErrors { code } } }";
        app.user("manager").await.ok(close, json!({ "id": app.project.unit("1-101") })).await;
        assert!(store::sync::had_project_role(reader, owner.into()).await.expect("an answer"), "it was opened once");
    }

    async fn newer_rows_of_an_object_are_found_by_the_object_without_statistics(db: TestDb) {
        let app = TestApp::start(&db).await;
        let reader = app.app.db.read();
        let project = app.project.id.into();
        let (company, unit) = (app.project.company("A").into(), app.project.unit("1-101").into());
        let none = VisibilityScope::default();
        let scopes = [
            VisibilityScope { projects: vec![project], ..none.clone() },
            VisibilityScope {
                contractor_projects: vec![project],
                contractor_companies: vec![company],
                ..none.clone()
            },
            VisibilityScope { owned_units: vec![unit], owned_unit_projects: vec![project], ..none },
        ];
        for scope in scopes {
            let plan = store::changes::plan_between(reader, &scope, project, (0, 500)).await.expect("a plan");
            let of_newer: Vec<&str> = plan.lines().filter(|line| line.contains("SEARCH newer")).collect();
            // PostgreSQL plans by the sizes of its tables, which it knows without statistics.
            assert_eq!(of_newer.is_empty(), reader.get_database_backend() == DbBackend::Postgres, "{plan}");
            assert!(of_newer.iter().all(|line| line.contains("object_kind=?")), "{plan}");
        }
    }

    async fn page_of_500_changes_costs_as_many_statements_as_one_of_10(db: TestDb) {
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
