//! The database of the benchmark: an imported project, with tens of thousands of inserted defects and photos.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::time::Instant;
use tests::database::{at_database, postgres_url};
use uuid::Uuid;

use crate::Fault;
use crate::numbers;
use crate::servers::{Part, command};

const LOGIN: &str = "manager";
pub(crate) const PASSWORD: &str = "a password of the benchmark";

const BUILDINGS: usize = 30;
const FLOORS: usize = 25;
/// The number of people who push and pull at once.
pub(crate) const ENGINEERS: usize = 30;
/// The number of people who load a server, so that each stays below the rate limit.
pub(crate) const CROWD: usize = 600;
const ROOMS: [&str; 12] = [
    "FOYER",
    "LIVING",
    "DINING",
    "KITCHEN",
    "MASTER_BED",
    "BED_2",
    "BED_3",
    "MASTER_BATH",
    "BATH",
    "BALCONY",
    "STUDY",
    "STORE",
];

/// The sizes of the stock.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) defects: usize,
    pub(crate) photos_each: usize,
    /// Whether defects have change numbers and events, as if they had been logged.
    pub(crate) numbered: bool,
}

pub(crate) struct Stock {
    pub(crate) url: String,
    pub(crate) project: Uuid,
    pub(crate) units: Vec<Uuid>,
    server: String,
    name: String,
}

impl Stock {
    /// Creates and fills the database.
    pub(crate) async fn fill(size: Size) -> Result<Self, Fault> {
        let server = postgres_url().ok_or("TEST_POSTGRES_URL is not set; `.ci/postgres start` starts a server")?;
        let name = format!("handover_benchmark_{}_{}", std::process::id(), size.defects);
        execute(&mut connect(&server).await?, &format!("CREATE DATABASE {name}")).await?;
        let url = at_database(&server, &name);
        let begun = Instant::now();
        import(&url).await?;
        let mut connection = connect(&url).await?;
        let project: Uuid = sqlx::query_scalar("SELECT id FROM projects").fetch_one(&mut connection).await?;
        execute(&mut connection, &defects(size.defects)).await?;
        execute(&mut connection, &photos(size.photos_each)).await?;
        let noted = "INSERT INTO defect_companies (defect_id, company_id, since)
            SELECT id, responsible_company_id, 1 FROM defects WHERE responsible_company_id IS NOT NULL";
        execute(&mut connection, noted).await?;
        if size.numbered {
            numbers::give(&mut connection).await?;
        }
        execute(&mut connection, "VACUUM ANALYZE").await?;
        let units = sqlx::query_scalar("SELECT id FROM units ORDER BY place_order").fetch_all(&mut connection).await?;
        println!(
            "{} units, {} defects, {} photos after {} s",
            units.len(),
            size.defects,
            size.defects * size.photos_each,
            begun.elapsed().as_secs()
        );
        Ok(Self { url, project, units, server, name })
    }

    pub(crate) async fn remove(self) -> Result<(), Fault> {
        execute(&mut connect(&self.server).await?, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }
}

pub(crate) async fn connect(url: &str) -> Result<PgConnection, Fault> {
    Ok(PgConnection::connect_with(&url.parse::<PgConnectOptions>()?.disable_statement_logging()).await?)
}

pub(crate) async fn execute(connection: &mut PgConnection, sql: &str) -> Result<(), Fault> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await?;
    Ok(())
}

/// Imports by the program's own command, which also migrates the database.
async fn import(url: &str) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("project.json");
    std::fs::write(&file, document().to_string())?;
    let status = command(Part::Program, url, &folder)?.arg("import").arg(&file).status().await?;
    if status.success() { Ok(()) } else { Err("the import failed".into()) }
}

/// The login of one of the engineers.
pub(crate) fn engineer(number: usize) -> String {
    format!("engineer.{number}")
}

fn document() -> Value {
    let company = |code: &str, kind: &str| json!({ "code": code, "name": format!("Company {code}"), "kind": kind });
    let person = |login: String, company: &str, role: &str| {
        json!({
            "login": login, "name": format!("{login} by name"), "company": company, "role": role, "password": PASSWORD,
        })
    };
    let contractors: Vec<String> = (1..=6).map(|n| format!("C{n}")).collect();
    let mut companies = vec![company("DEV", "DEVELOPER")];
    let mut people = vec![person(LOGIN.to_owned(), "DEV", "DELIVERY_MANAGER")];
    people.extend((0..CROWD).map(|n| person(engineer(n), "DEV", "SITE_ENGINEER")));
    for code in &contractors {
        companies.push(company(code, "CONTRACTOR"));
        people.extend((1..=10).map(|n| person(format!("worker.{}.{n}", code.to_lowercase()), code, "WORKER")));
    }
    let room = |code: &&str| json!({ "code": code, "name": code, "roomType": "LIVING" });
    let rooms: Vec<Value> = ROOMS.iter().map(room).collect();
    let codes: Vec<String> = (1..=BUILDINGS).map(|n| n.to_string()).collect();
    let building = |code: &String| json!({ "code": code, "name": format!("Building {code}"), "floors": FLOORS });
    let position = |n: usize| json!({ "position": format!("0{n}"), "unitType": "A" });
    let range = |code: &String| {
        json!({
            "building": code, "fromFloor": 1, "toFloor": FLOORS, "positions": (1..=4).map(position).collect::<Vec<_>>(),
        })
    };
    json!({
        "version": 1,
        "project": { "code": "BENCHMARK", "name": "Benchmark", "timeZone": "Asia/Shanghai" },
        "companies": companies,
        "people": people,
        "buildings": codes.iter().map(building).collect::<Vec<_>>(),
        "unitTypes": [{ "code": "A", "name": "A", "fitout": "FITTED", "rooms": rooms }],
        "unitRanges": codes.iter().map(range).collect::<Vec<_>>(),
    })
}

/// An id in the order of time, as clients make it: milliseconds, version 7, random bits.
pub(crate) fn id(letter: char) -> String {
    format!(
        "(lpad(to_hex(1767225600000 + i), 12, '0') || '7' || substr(md5('{letter}' || i), 1, 3) || '8'
            || substr(md5('{letter}' || i), 4, 15))::uuid"
    )
}

/// Defects in all rooms, most of them closed, as in a project near its end.
fn defects(count: usize) -> String {
    let id = id('d');
    let status = "CASE WHEN s < 3 THEN 'OPEN' WHEN s < 5 THEN 'ASSIGNED' WHEN s < 6 THEN 'IN_PROGRESS' \
        WHEN s < 8 THEN 'FIXED' WHEN s < 9 THEN 'REWORK' WHEN s < 10 THEN 'DISPUTED' WHEN s < 13 THEN 'VOID' \
        ELSE 'CLOSED' END";
    let shown_status = status.replace("DISPUTED", "IN_PROGRESS");
    format!(
        "WITH
           places AS (SELECT r.id AS room, u.id AS unit, u.building_id, u.place_order, u.project_id,
                             ROW_NUMBER() OVER (ORDER BY u.place_order, r.sort) - 1 AS k
                        FROM rooms r JOIN units u ON u.id = r.unit_id),
           workers AS (SELECT m.person_id, m.company_id, ROW_NUMBER() OVER (ORDER BY m.person_id) - 1 AS k
                         FROM memberships m WHERE m.role = 'WORKER'),
           sizes AS (SELECT (SELECT COUNT(*) FROM places) AS places, (SELECT COUNT(*) FROM workers) AS workers),
           d AS (SELECT i, (i * 7919) % 100003 % 100 AS s, (i * 104729) % 10007 AS x FROM generate_series(1, {count}::bigint) i)
         INSERT INTO defects (id, project_id, number, unit_id, building_id, room_id, part, type_code, description,
           severity, severity_rank, category, trade, status, shown_status, pin_x, pin_y, raised_by, raised_party,
           owner_finding, responsible_company_id, assignee_id, assigned_at, due_at, due_order, attempt_count,
           failed_count, reopened_count, place_order, search, occurred_at, recorded_at, updated_at, version)
         SELECT {id}, project_id, i, unit, building_id, room, 'WALL', 'WALL.CRACK',
           'A crack of ' || x || ' mm beside the door, from the floor up to the ceiling',
           CASE x % 3 WHEN 0 THEN 'MAJOR' ELSE 'MINOR' END, CASE x % 3 WHEN 0 THEN 2 ELSE 3 END, 'QUALITY', 'PLASTER',
           {status}, {shown_status}, (x % 100) / 128.0, (s % 100) / 128.0,
           (SELECT id FROM people WHERE login = '{LOGIN}'), 'DEVELOPER', FALSE,
           CASE WHEN s >= 3 THEN company_id END, CASE WHEN s >= 3 THEN person_id END, 1772000000000000,
           1772000000000000 + x * 1000000000, 1772000000000000 + x * 1000000000, 0, 0, 0, place_order,
           'a crack d-' || i, 1771000000000000, 1771000000000000, 1771000000000000, 1
         FROM d, sizes, places, workers
         WHERE places.k = (i * 31) % sizes.places AND workers.k = x % sizes.workers"
    )
}

fn photos(each: usize) -> String {
    let id = id('p');
    format!(
        "INSERT INTO photos (id, project_id, unit_id, subject_kind, defect_id, stage, sha256, byte_size, content_type,
           state, object_key, thumb_key, large_key, width, height, person_id, party, visible_to_owner, occurred_at,
           declared_at, received_at, ready_at, version)
         SELECT {id}, project_id, unit_id, 'DEFECT', defect_id, CASE n WHEN 1 THEN 'BEFORE' ELSE 'AFTER' END,
           sha256(convert_to(i::text, 'UTF8')), 3000000, 'image/jpeg', 'READY', 'originals/' || i, 'thumbs/' || i,
           'large/' || i, 4032, 3024, person_id, 'DEVELOPER', TRUE, 1771000000000000 + n, 1771000000000000,
           1771000000000000, 1771000000000000, 3
         FROM (SELECT d.project_id, d.unit_id, d.id AS defect_id, d.raised_by AS person_id, n, d.number * 10 + n AS i
                 FROM defects d, generate_series(1, {each}) n ORDER BY d.number, n) photo"
    )
}
