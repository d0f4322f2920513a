//! The number of statements of a page of changes, which is independent of its size; what these statements read for each
//! reader; and the indexes of a push.

use std::collections::BTreeSet;

use domain::id::{ProjectId, UnitId};
use domain::{Caller, Membership, OwnedUnit, Role, VisibilityScope};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use store::changes::PlaceFilter;
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

/// The tables that everybody's changes are read from.
const OF_ALL: &str = "changes defect_comments";
/// Those of a contractor's worker besides.
const OF_WORKER: &str = "defect_companies disputes events memberships pending_edits photos repair_attempts verdicts";
/// Those of an owner besides.
const OF_OWNER: &str =
    "defects events pending_edits photos repair_attempts unit_inspections unit_reviews units verdicts";

/// What a person with these roles and units may see.
fn scope(memberships: Vec<Membership>, owned_units: Vec<OwnedUnit>) -> VisibilityScope {
    Caller { memberships, owned_units, ..Caller::operator() }.visibility()
}

/// What a person with this role in the project may see.
fn staff(app: &TestApp, role: Role) -> VisibilityScope {
    scope(vec![member(app, role)], Vec::new())
}

fn member(app: &TestApp, role: Role) -> Membership {
    Membership { project_id: app.project.id.into(), company_id: app.project.company("A").into(), role, since: None }
}

/// Opened units of a person in a project.
fn owned_units(project_id: ProjectId, numbers: &[u128]) -> Vec<OwnedUnit> {
    numbers.iter().map(|&number| OwnedUnit { project_id, unit_id: UnitId::from_u128(number) }).collect()
}

/// The statement by which changes of a project are read.
async fn statement(app: &TestApp, scope: &VisibilityScope, project_id: ProjectId) -> String {
    let recording = app.app.db.statements().record();
    let (reader, all) = (app.app.db.read(), PlaceFilter::default());
    store::changes::between(reader, scope, project_id, (0, 500), &all, 10).await.expect("changes");
    recording.texts().into_iter().find(|text| text.contains(r#"FROM "changes""#)).expect("a statement")
}

/// The tables that a statement reads.
fn tables(statement: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let named = words.windows(2).filter(|pair| ["FROM", "JOIN"].contains(&pair[0]));
    named.map(|pair| pair[1].trim_matches(['"', ')'])).collect()
}

/// The tables of these lists.
fn listed<'a>(lists: &[&'a str]) -> BTreeSet<&'a str> {
    lists.iter().flat_map(|list| list.split_whitespace()).collect()
}

on_both_databases! {
    async fn a_page_of_changes_is_read_from_the_tables_of_its_reader(db: TestDb) {
        let app = TestApp::start(&db).await;
        let project: ProjectId = app.project.id.into();
        let owner = scope(Vec::new(), owned_units(project, &[1]));
        for (scope, own) in [
            (staff(&app, Role::DeliveryManager), ""),
            (staff(&app, Role::CustomerRelations), "pending_edits"),
            (staff(&app, Role::SupervisingEngineer), "memberships"),
            (staff(&app, Role::Worker), OF_WORKER),
            (owner, OF_OWNER),
        ] {
            let text = statement(&app, &scope, project).await;
            assert_eq!(tables(&text), listed(&[OF_ALL, own]), "{text}");
        }
    }

    async fn a_page_of_changes_is_read_by_the_role_in_its_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (project, other_project): (ProjectId, ProjectId) = (app.project.id.into(), v7().into());
        // Staff who also own a unit of the project act as staff.
        let units = [owned_units(project, &[1]), owned_units(other_project, &[2])].concat();
        let both = scope(vec![member(&app, Role::Worker)], units);
        let as_worker = statement(&app, &both, project).await;
        assert_eq!(tables(&as_worker), listed(&[OF_ALL, OF_WORKER]), "{as_worker}");
        let as_owner = statement(&app, &both, other_project).await;
        assert_eq!(tables(&as_owner), listed(&[OF_ALL, OF_OWNER]), "{as_owner}");
    }

    async fn readers_of_one_role_share_a_prepared_statement(db: TestDb) {
        let app = TestApp::start(&db).await;
        let project: ProjectId = app.project.id.into();
        let mut texts = Vec::new();
        for units in [&[1][..], &[2], &[1, 2, 3]] {
            texts.push(statement(&app, &scope(Vec::new(), owned_units(project, units)), project).await);
        }
        assert_eq!(texts[0], texts[1]);
        // SQLite has no arrays and prepares quickly.
        let postgres = app.app.db.read().get_database_backend() == DbBackend::Postgres;
        assert_eq!(texts[0] == texts[2], postgres, "{texts:#?}");
    }

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
            // The rows at hand are found by the range of their numbers, not by their kinds.
            let by_kinds = ["SEARCH changes USING INDEX sqlite_autoindex", "MULTI-INDEX OR", "BitmapOr"];
            assert!(by_kinds.iter().all(|step| !plan.contains(step)), "{plan}");
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
