//! A page of 50 is read from an index: the same work for a thousand defects and for a hundred thousand.

use domain::VisibilityScope;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::defects::{Filter, OrderBy, query_plan};
use store::page::{Cursor, PageRequest};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::on_both_databases;
use uuid::Uuid;

const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// The number of rows of one insert, because PostgreSQL cancels a statement after 5 seconds.
const STEP: usize = 2_500;

/// A frequently used list.
struct List {
    name: &'static str,
    scope: VisibilityScope,
    filter: Filter,
    order: OrderBy,
    after: Option<Cursor>,
}

on_both_databases! {
    async fn page_costs_the_same_with_a_hundred_times_as_many_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        grow(&app, 0, FEW).await;
        let before = plans(&app).await;
        for from in (FEW..MANY).step_by(STEP) {
            grow(&app, from, (from + STEP).min(MANY)).await;
        }
        let after = plans(&app).await;
        for ((name, few), (_, many)) in before.iter().zip(&after) {
            assert_by_index(&db, name, many);
            // PostgreSQL reports the work; SQLite reports the plan only.
            if let (Some(few), Some(many)) = (rows_examined(few), rows_examined(many)) {
                let most = (few * 3.0).max(1_500.0);
                assert!(many <= most, "{name}: {few} rows examined of {FEW}, {many} of {MANY}");
            }
        }
    }
}

/// Adds defects number `from + 1` to `to`, most of them closed long ago, as in a project near its end.
pub(super) async fn grow(app: &TestApp, from: usize, to: usize) {
    let postgres = app.app.db.read().get_database_backend() == DbBackend::Postgres;
    let new_id = if postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    let (project, companies) = (app.project.id, [app.project.company("A"), app.project.company("B")]);
    let people = ["worker.a", "lead.a", "worker.b", "site"].map(|login| app.person_id(login));
    let status = "CASE WHEN s < 2 THEN 'OPEN' WHEN s < 5 THEN 'ASSIGNED' WHEN s < 6 THEN 'IN_PROGRESS' \
        WHEN s < 8 THEN 'FIXED' WHEN s < 9 THEN 'REWORK' WHEN s < 10 THEN 'DISPUTED' WHEN s < 13 THEN 'VOID' \
        ELSE 'CLOSED' END";
    // The repair of what is disputed had begun.
    let shown_status = status.replace("DISPUTED", "IN_PROGRESS");
    let insert = format!(
        "WITH RECURSIVE
           n(i) AS (SELECT $1 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2),
           places AS (SELECT id, building_id, place_order, ROW_NUMBER() OVER (ORDER BY place_order) - 1 AS k
                        FROM units WHERE project_id = $3),
           d AS (SELECT i, (i * 7919) % 100003 % 100 AS s, (i * 104729) % 10007 AS x FROM n)
         INSERT INTO defects (id, project_id, number, unit_id, building_id, part, type_code, description, severity,
           severity_rank, category, trade, status, shown_status, raised_by, raised_party, owner_finding,
           responsible_company_id, assignee_id, due_at, due_order, clock_stopped_at, attempt_count, failed_count,
           reopened_count, place_order, search, occurred_at, recorded_at, updated_at, version)
         SELECT {new_id}, $3, i, places.id, building_id, 'WALL', 'WALL.CRACK', 'A crack', CASE x % 3 WHEN 0 THEN 'MAJOR'
           ELSE 'MINOR' END, CASE x % 3 WHEN 0 THEN 2 ELSE 3 END, 'QUALITY',
           CASE x % 5 WHEN 0 THEN 'TILE' WHEN 1 THEN 'PAINT' ELSE 'PLASTER' END,
           {status}, {shown_status}, $4, 'DEVELOPER', FALSE, CASE x % 2 WHEN 0 THEN $5 ELSE $6 END,
           CASE x % 4 WHEN 0 THEN $7 WHEN 1 THEN $8 WHEN 2 THEN $9 ELSE NULL END,
           1772000000000000 + x * 1000000000, 1772000000000000 + x * 1000000000, NULL, 0, 0, 0, place_order,
           'a crack d-' || i, 1771000000000000, 1771000000000000, 1771000000000000, 1
         FROM d JOIN places ON places.k = x % 6"
    );
    let numbers = [i64::try_from(from).expect("a number"), i64::try_from(to).expect("a number")];
    let mut values: Vec<sea_orm::Value> = numbers.map(Into::into).to_vec();
    values.extend([project, people[3], companies[0], companies[1], people[0], people[1], people[2]].map(Into::into));
    // PostgreSQL infers the type of a parameter from its first use, which must be unambiguous.
    let insert = if postgres { typed(&insert) } else { insert };
    let note = "INSERT INTO defect_companies (defect_id, company_id, since)
        SELECT id, responsible_company_id, 1 FROM defects WHERE number > $1";
    app.app
        .db
        .write(async |tx| {
            let backend = tx.get_database_backend();
            tx.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
            let from = numbers[0].into();
            tx.execute_raw(Statement::from_sql_and_values(backend, note, [from])).await?;
            tx.execute_unprepared("ANALYZE").await
        })
        .await
        .expect("defects");
}

fn typed(sql: &str) -> String {
    let bigint = sql.replace("$1 + 1", "$1::bigint + 1").replace("i < $2", "i < $2::bigint");
    bigint.replace("THEN $5 ELSE $6", "THEN $5::uuid ELSE $6::uuid").replace("THEN $7", "THEN $7::uuid")
}

/// The plan of each list, by name.
async fn plans(app: &TestApp) -> Vec<(&'static str, String)> {
    let mut plans = Vec::new();
    for list in lists(app) {
        let request = PageRequest { after: list.after, ..PageRequest::first(50) };
        let plan = query_plan(app.app.db.read(), &list.scope, &list.filter, list.order, &request).await;
        plans.push((list.name, plan.expect("a plan")));
    }
    plans
}

fn lists(app: &TestApp) -> Vec<List> {
    let project = app.project.id;
    let all = || Filter { projects: vec![project.into()], ..Filter::default() };
    let in_status = |codes: &[&str]| {
        let statuses = codes.iter().map(|code| code.parse().expect("a status")).collect();
        Filter { statuses: Some(statuses), ..all() }
    };
    let alive = || in_status(&["OPEN", "ASSIGNED", "IN_PROGRESS", "FIXED", "REWORK", "DISPUTED"]);
    let to_do = || in_status(&["ASSIGNED", "IN_PROGRESS", "REWORK"]);
    let now = 1_773_000_000_000_000;
    let staff = VisibilityScope {
        person_id: app.person_id("manager").into(),
        projects: vec![project.into()],
        ..VisibilityScope::default()
    };
    let company = app.project.company("A");
    let contractor = VisibilityScope {
        person_id: app.person_id("lead.a").into(),
        contractor_projects: vec![project.into()],
        contractor_companies: vec![company.into()],
        own_companies: vec![company.into()],
        ..VisibilityScope::default()
    };
    let middle = |sort| Some(Cursor { sort, id: Uuid::from_u128(u128::MAX / 2) });
    let list = |name, filter, order| List { name, scope: staff.clone(), filter, order, after: None };
    let due = OrderBy::Due;
    vec![
        list("all by due time", all(), due),
        List { after: middle(1_776_000_000_000_000), ..list("all by due time, a later page", all(), due) },
        list("alive by due time", alive(), due),
        List { after: middle(1_776_000_000_000_000), ..list("alive by due time, a later page", alive(), due) },
        list("overdue", Filter { overdue_at: Some(now), ..all() }, due),
        list("waiting for a verdict", in_status(&["FIXED"]), due),
        list("all by severity", all(), OrderBy::Severity),
        list("alive by severity", alive(), OrderBy::Severity),
        list("all by place", all(), OrderBy::Place),
        list("alive by place", alive(), OrderBy::Place),
        List { after: middle(0), ..list("alive by place, a later page", alive(), OrderBy::Place) },
        list("all by number", all(), OrderBy::Number),
        list("alive by number", alive(), OrderBy::Number),
        list("alive of a building", Filter { buildings: vec![app.project.building.into()], ..alive() }, due),
        list("of a trade", Filter { trades: vec!["TILE".to_owned()], ..all() }, due),
        list("alive of a company", Filter { companies: vec![company.into()], ..alive() }, due),
        list("to do of a company", Filter { companies: vec![company.into()], ..to_do() }, due),
        list("to do of a person", Filter { assignees: vec![app.person_id("worker.a").into()], ..to_do() }, due),
        List { scope: contractor.clone(), ..list("a contractor's own", all(), due) },
        List {
            scope: contractor,
            ..list("a contractor's to do", Filter { companies: vec![company.into()], ..to_do() }, due)
        },
    ]
}

/// Every table is read by an index, and only the rows of one page are sorted.
fn assert_by_index(db: &TestDb, name: &str, plan: &str) {
    let lines: Vec<&str> = plan.lines().map(str::trim).collect();
    let sqlite = db.read().get_database_backend() == DbBackend::Sqlite;
    let scans: Vec<&&str> = lines
        .iter()
        .filter(|line| if sqlite { **line == "SCAN defects" } else { line.contains("Seq Scan on defects") })
        .collect();
    // A merge of several statuses is sorted once more, a page of each.
    let of_pages = |line: &str| line.starts_with("SCAN scan_") || line.starts_with("SCAN merged");
    let sorts: Vec<&[&str]> =
        lines.windows(2).filter(|two| two[1] == "USE TEMP B-TREE FOR ORDER BY" && !of_pages(two[0])).collect();
    assert!(scans.is_empty() && sorts.is_empty(), "{name}: {scans:?} {sorts:?} in\n{plan}");
}

/// The maximum number of rows that a step of PostgreSQL's plan produced or discarded; `None` without such figures.
fn rows_examined(plan: &str) -> Option<f64> {
    let number = |text: &str| -> Option<f64> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.').find(|part| !part.is_empty())?.parse().ok()
    };
    let mut most: Option<f64> = None;
    for line in plan.lines() {
        let handed_on = line.split_once("actual rows=").and_then(|(_, rest)| {
            let loops = rest.split_once("loops=").and_then(|(_, loops)| number(loops))?;
            Some(number(rest)? * loops)
        });
        let thrown_away = line.split_once("Rows Removed by").and_then(|(_, rest)| number(rest.split_once(':')?.1));
        for count in [handed_on, thrown_away].into_iter().flatten() {
            most = Some(most.map_or(count, |most| most.max(count)));
        }
    }
    most
}
