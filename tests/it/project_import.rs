//! Importing a project, on both databases: whole, again, by whom, and at real size.

use std::sync::Arc;

use app::Context;
use app::defect::log::{LogDefect, log};
use app::object_store::ObjectStore;
use app::project::import::{Format, ImportFile, ImportReport, import_project};
use app::{App, Clock, Error, Ids};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::import::ImportedKind as Kind;
use domain::{Caller, Language, Membership, Role, Timestamp};
use objects::{EmbeddedStore, StoreClock, StoreConfig};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{
    changes, defects, events, memberships, people, projects, rooms, unit_owners, unit_type_plans, unit_types, units,
};
use tempfile::TempDir;
use tests::database::TestDb;
use tests::on_both_databases;
use tests::stores::settings_at;
use uuid::Uuid;

use crate::machine::program;

const EXAMPLE: &str = include_str!("../../docs/example-project.yaml");

/// The program on a database, without an object store: only plans need one.
fn app_on(db: &TestDb) -> App {
    with_store(db, "127.0.0.1:9")
}

fn with_store(db: &TestDb, address: &str) -> App {
    let objects = Arc::new(ObjectStore::new(&settings_at(address)).expect("a client"));
    let clock = Clock::fixed(Timestamp(1_800_000_000_000_000));
    App { clock, ..App::new(db.db.clone(), objects) }
}

async fn administrator(db: &TestDb) -> Caller {
    person(db, "root", true).await
}

async fn person(db: &TestDb, login: &str, administrator: bool) -> Caller {
    let row = people::Model {
        id: Ids::Random.next(),
        login: login.to_owned(),
        name: format!("The real {login}"),
        phone: None,
        password_hash: Some("kept".to_owned()),
        language: "EN".to_owned(),
        administrator,
        created_at: 0,
        demo: false,
    };
    let person_id = row.id;
    db.write(async |tx| store::import::save::<people::Entity>(tx, vec![row]).await).await.expect("a person");
    caller(person_id, administrator, Vec::new())
}

fn caller(person_id: Uuid, administrator: bool, memberships: Vec<Membership>) -> Caller {
    let name = "Somebody".to_owned();
    let language = Language::En;
    Caller { person_id, session_id: None, name, language, administrator, memberships, homes: Vec::new() }
}

/// The caller that a person is by the roles in the database.
async fn staff(db: &TestDb, login: &str) -> Caller {
    let row = found(db, login).await;
    let of = memberships::Column::PersonId.eq(row.id);
    let roles = memberships::Entity::find().filter(of).all(db.read()).await.expect("roles");
    let membership = |row: memberships::Model| Membership {
        project_id: row.project_id,
        company_id: row.company_id,
        role: row.role.parse::<Role>().expect("a role"),
    };
    caller(row.id, row.administrator, roles.into_iter().map(membership).collect())
}

async fn found(db: &TestDb, login: &str) -> people::Model {
    let by_login = people::Entity::find().filter(people::Column::Login.eq(login));
    by_login.one(db.read()).await.expect("people").unwrap_or_else(|| panic!("no {login}"))
}

fn yaml(text: impl Into<String>) -> ImportFile {
    ImportFile { bytes: text.into().into_bytes().into(), format: Format::Yaml, folder: None }
}

fn json_file(value: &Value) -> ImportFile {
    ImportFile { bytes: value.to_string().into_bytes().into(), format: Format::Json, folder: None }
}

/// Created, updated, unchanged, not in the file.
fn numbers(report: &ImportReport, kind: Kind) -> (usize, usize, usize, usize) {
    let tally = report.tally(kind).unwrap_or_else(|| panic!("{kind} is not in the report"));
    (tally.created, tally.updated, tally.unchanged, tally.not_in_file)
}

fn problems(error: Error) -> Vec<String> {
    match error {
        Error::Refused(refusals) => refusals.iter().map(|refusal| refusal.message(Language::En)).collect(),
        other => panic!("{other:?}"),
    }
}

/// What `handover import` prints or says of a file of this content, line by line, and whether it went well.
async fn by_command_line(db: &TestDb, name: &str, content: Option<&str>) -> (bool, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(content) = content {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    let mut command = program(folder.path(), &db.settings.url, "127.0.0.1:9");
    command.args(["import", name]).env("HANDOVER_LOG", "error").kill_on_drop(true);
    let output = command.output().await.expect("the program runs");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    (output.status.success(), text.lines().map(str::to_owned).collect())
}

/// The places of the problems that are told of a file, each in a line that names the file.
fn places<'a>(lines: &'a [String], name: &str) -> Vec<&'a str> {
    let place = |line: &'a String| {
        let line = line.strip_prefix("handover: ").unwrap_or(line);
        let (file, told) = line.split_once(": ").unwrap_or_else(|| panic!("no file: {lines:#?}"));
        let (place, message) = told.split_once(": ").unwrap_or_else(|| panic!("no place: {lines:#?}"));
        assert_eq!(file, name, "{lines:#?}");
        assert!(message.contains("(line ") && !message.contains(place), "each place once, with its line: {lines:#?}");
        place
    };
    let mut places: Vec<&str> = lines.iter().map(place).collect();
    places.sort_unstable();
    places
}

on_both_databases! {
    async fn the_example_is_imported_and_importing_it_again_changes_nothing(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let first = import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let expected = [
            (Kind::Project, 1), (Kind::Company, 4), (Kind::Person, 11), (Kind::Membership, 8), (Kind::Building, 1),
            (Kind::UnitType, 2), (Kind::UnitTypeRoom, 11), (Kind::Unit, 8), (Kind::Room, 36), (Kind::Ownership, 4),
            (Kind::ResponsibilityRule, 2), (Kind::Checklist, 1),
        ];
        for (kind, count) in expected {
            assert_eq!(numbers(&first, kind), (count, 0, 0, 0), "{kind}");
        }
        let before = units::Entity::find().all(db.read()).await.expect("units");
        let changes_before = changes::Entity::find().count(db.read()).await.expect("changes");
        let second = import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported again");
        for (kind, count) in expected {
            assert_eq!(numbers(&second, kind), (0, 0, count, 0), "{kind}");
        }
        assert_eq!(first.project_id, second.project_id);
        assert_eq!(units::Entity::find().all(db.read()).await.expect("units"), before);
        assert_eq!(changes::Entity::find().count(db.read()).await.expect("changes"), changes_before);
        let imported = events::Entity::find().filter(events::Column::Name.eq("PROJECT_IMPORTED"));
        assert_eq!(imported.count(db.read()).await.expect("events"), 2, "one event for each import");
    }

    async fn a_later_file_updates_and_leaves_what_it_does_not_name(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let first = EXAMPLE.replace("login: zhao.lead,", "login: zhao.lead, password: first-secret-of-zhao,");
        import_project(&app, &root, yaml(first.clone())).await.expect("imported");
        let unit = units::Entity::find().filter(units::Column::Code.eq("1-1-101"));
        let before = unit.clone().one(db.read()).await.expect("units").expect("the unit");
        let password = found(&db, "zhao.lead").await.password_hash;
        let changed = first
            .replace("Zhao Gang", "Zhao Gang the Second")
            .replace("toFloor: 3", "toFloor: 2")
            .replace("name: Living room", "name: Parlour")
            .replace("{unit: 1-1-101}", "{unit: 1-1-101, kind: PROXY}")
            .replace("{unitKind: COMMON, company: MAIN}", "{unitKind: COMMON, company: MAIN, priority: 7}")
            .replace("Flood test without leaks", "Flood test of 24 hours without leaks")
            .replace("escalateAfterFailedAttempts: 3", "escalateAfterFailedAttempts: 2")
            .replace("first-secret-of-zhao", "another-secret-of-zhao")
            .replace("name: Li Na", "name: Li Na\n    password: at-last-a-password");
        let report = import_project(&app, &root, yaml(changed)).await.expect("imported again");
        assert_eq!(numbers(&report, Kind::Project), (0, 1, 0, 0));
        assert_eq!(numbers(&report, Kind::Person), (0, 2, 9, 0));
        assert_eq!(numbers(&report, Kind::Unit), (0, 0, 6, 2));
        assert_eq!(report.tally(Kind::Unit).expect("units").not_in_file_codes, ["1-1-301", "1-1-302"]);
        assert_eq!(numbers(&report, Kind::UnitTypeRoom), (0, 2, 9, 0));
        assert_eq!(numbers(&report, Kind::Room), (0, 4, 21, 0));
        assert_eq!(numbers(&report, Kind::Ownership), (0, 1, 3, 0));
        assert_eq!(numbers(&report, Kind::ResponsibilityRule), (0, 1, 1, 0));
        assert_eq!(numbers(&report, Kind::Checklist), (0, 1, 0, 0));
        let after = unit.one(db.read()).await.expect("units").expect("the unit");
        assert_eq!((after.id, after.version), (before.id, before.version));
        let lead = found(&db, "zhao.lead").await;
        assert_eq!((lead.name.as_str(), lead.password_hash), ("Zhao Gang the Second", password));
        assert!(found(&db, "li.owner").await.password_hash.is_some(), "had none until now");
        assert_eq!(units::Entity::find().count(db.read()).await.expect("units"), 8, "nothing is deleted");
        let shown = report.to_string();
        assert!(shown.contains("unit: 0 created, 0 updated, 6 unchanged; 2 not in the file"), "{shown}");
    }

    async fn defects_move_with_their_units(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let of = units::Column::Code.eq("1-1-201");
        let unit = units::Entity::find().filter(of.clone()).one(db.read()).await.expect("units").expect("the unit");
        log_defect(&app, &staff(&db, "lin.site").await, unit.id).await;
        let moved = EXAMPLE.replacen("entrance: \"1\"", "entrance: \"7\"\n    code: \"{building}-1-{floor}{position}\"", 1);
        let report = import_project(&app, &root, yaml(moved)).await.expect("imported again");
        assert_eq!(numbers(&report, Kind::Unit), (0, 6, 2, 0));
        let after = units::Entity::find().filter(of).one(db.read()).await.expect("units").expect("the unit");
        assert_eq!((after.id, after.version), (unit.id, unit.version + 1));
        let defect = defects::Entity::find().one(db.read()).await.expect("defects").expect("the defect");
        assert_ne!(after.place_order, unit.place_order);
        assert_eq!(defect.place_order, after.place_order);
    }

    async fn a_new_plan_is_a_new_version(db: TestDb) {
        let folder = TempDir::new().expect("a folder");
        let store = EmbeddedStore::start(store_config(&folder)).await.expect("a store");
        let (app, root) = (with_store(&db, &store.addr().to_string()), administrator(&db).await);
        let with_plan = |bytes: &[u8]| {
            let plan = format!("plan: {{base64: {}}}", STANDARD.encode(bytes));
            yaml(EXAMPLE.replace("# plan: {file: plans/A1.png}", &plan))
        };
        for (shade, expected) in [(10, (1, 0, 0, 0)), (10, (0, 0, 1, 0)), (20, (0, 1, 0, 0))] {
            let report = import_project(&app, &root, with_plan(&png(shade))).await.expect("imported");
            assert_eq!(numbers(&report, Kind::Plan), expected);
        }
        let plans = unit_type_plans::Entity::find().order_by_asc(unit_type_plans::Column::Number);
        let plans = plans.all(db.read()).await.expect("plans");
        assert_eq!(plans.iter().map(|plan| (plan.number, plan.width, plan.height)).collect::<Vec<_>>(), [(1, 64, 48), (2, 64, 48)]);
        let key = plans[1].object_key.as_deref().expect("a key");
        assert_eq!(app.objects.get_bytes(key, 1 << 20).await.expect("the picture"), png(20));
        let unit_type = unit_types::Entity::find().filter(unit_types::Column::Code.eq("A1"));
        let unit_type = unit_type.one(db.read()).await.expect("unit types").expect("A1");
        assert_eq!(unit_type.current_plan_id, Some(plans[1].id));
        beside_the_file(&app, &root, &folder).await;
    }

    async fn a_file_with_problems_writes_nothing(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let wrong = EXAMPLE.replace("unitType: B1", "unitType: B3").replace("role: WORKER", "role: BOSS");
        let found = problems(import_project(&app, &root, yaml(wrong)).await.expect_err("refused"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("people[4].role: \"BOSS\" is not one of"), "{found:?}");
        assert!(found[1].starts_with("unitRanges[0].positions[1].unitType: no unit type \"B3\""), "{found:?}");
        let broken = problems(import_project(&app, &root, yaml("a: [")).await.expect_err("refused"));
        assert!(broken[0].contains("no YAML that can be read"), "{broken:?}");
        let picture = EXAMPLE.replace("# plan: {file: plans/A1.png}", "plan: {base64: AAAA}");
        let found = problems(import_project(&app, &root, yaml(picture)).await.expect_err("refused"));
        assert_eq!(found, ["unitTypes[0].plan.base64: is neither PNG nor JPEG"]);
        let beside = EXAMPLE.replace("# plan: {file: plans/A1.png}", "plan: {file: plans/A1.png}");
        let found = problems(import_project(&app, &root, yaml(beside)).await.expect_err("refused"));
        assert!(found[0].starts_with("unitTypes[0].plan.file: files beside"), "{found:?}");
        for count in [
            projects::Entity::find().count(db.read()).await,
            units::Entity::find().count(db.read()).await,
            events::Entity::find().count(db.read()).await,
        ] {
            assert_eq!(count.expect("a count"), 0);
        }
        assert_eq!(people::Entity::find().count(db.read()).await.expect("people"), 1, "only the administrator");
    }

    async fn the_command_line_names_the_file_and_each_fault_once(db: TestDb) {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("unitType: B1}", "unitType: B2}", &["unitRanges[0].positions[1].unitType"]),
            ("- {unit: 1-1-201}", "- {unit: 1-1-901}", &["owners[2].units[0].unit"]),
            // What refers to something that cannot be read is no fault of its own.
            ("{code: \"1\", name: Building 1", "{kode: \"1\", name: Building 1", &["buildings[0].code", "buildings[0].kode"]),
            ("- building: \"1\"", "- bilding: \"1\"", &["unitRanges[0].bilding", "unitRanges[0].building"]),
            ("{position: \"01\", unitType: A1}", "{unitType: A1}", &["unitRanges[0].positions[0].position"]),
            ("    toFloor: 3\n", "", &["unitRanges[0].toFloor"]),
        ];
        for (right, wrong, expected) in cases {
            assert_eq!(EXAMPLE.matches(right).count(), 1, "{right}");
            let (good, lines) = by_command_line(&db, "lake.yaml", Some(&EXAMPLE.replace(right, wrong))).await;
            assert!(!good, "{lines:#?}");
            assert_eq!(places(&lines, "lake.yaml"), expected, "{lines:#?}");
        }
        for (name, content, beginning) in [
            ("nowhere.yaml", None, "handover: nowhere.yaml: "),
            ("lake.yaml", Some("a: ["), "handover: lake.yaml: the file is no YAML"),
        ] {
            let (good, lines) = by_command_line(&db, name, content).await;
            assert!(!good && lines.len() == 1 && lines[0].starts_with(beginning), "{lines:#?}");
        }
        assert_eq!(projects::Entity::find().count(db.read()).await.expect("projects"), 0);
        let (good, lines) = by_command_line(&db, "lake.yaml", Some(EXAMPLE)).await;
        assert!(good, "{lines:#?}");
        assert_eq!(projects::Entity::find().count(db.read()).await.expect("projects"), 1);
    }

    async fn only_administrators_and_the_projects_own_manager_import(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let other = EXAMPLE.replace("code: LAKESIDE", "code: HILLSIDE").replace("chen.manager", "other.manager");
        import_project(&app, &root, yaml(other.clone())).await.expect("another project");
        let everybody = ["lin.site", "zhao.lead", "qian.supervisor", "wang.owner", "other.manager"];
        for login in everybody {
            let refused = import_project(&app, &staff(&db, login).await, yaml(EXAMPLE)).await.expect_err("refused");
            assert_eq!(problems(refused), ["Your role may not do this."], "{login}");
        }
        let manager = staff(&db, "chen.manager").await;
        import_project(&app, &manager, yaml(EXAMPLE)).await.expect("the own project");
        for text in [other, EXAMPLE.replace("code: LAKESIDE", "code: SEASIDE")] {
            let refused = import_project(&app, &manager, yaml(text)).await.expect_err("neither another nor a new one");
            assert_eq!(problems(refused), ["Your role may not do this."]);
        }
    }

    async fn a_file_takes_nobody_over(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        person(&db, "sun.worker", false).await;
        let taken = EXAMPLE.replace("login: he.relations", "login: root");
        let taken = taken.replace("login: wang.owner", "login: wang.owner\n    password: first-secret-of-wang");
        let taken = ["root", "sun.worker"].iter().fold(taken, |text, login| with_password(&text, login));
        let report = import_project(&app, &root, yaml(taken.clone())).await.expect("imported");
        let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
        for place in ["people[2].name", "people[2].password", "people[4].name", "people[4].password"] {
            assert!(notes.iter().any(|note| note.starts_with(&format!("{place}: ignored"))), "{place}: {notes:?}");
        }
        let again = EXAMPLE.replace("code: LAKESIDE", "code: HILLSIDE").replace("Zhao Gang", "Zhao the Thief");
        import_project(&app, &root, yaml(again)).await.expect("another project with the same people");
        for (login, name) in [("root", "The real root"), ("sun.worker", "The real sun.worker"), ("zhao.lead", "Zhao Gang")] {
            assert_eq!(found(&db, login).await.name, name);
        }
        assert_eq!(found(&db, "sun.worker").await.password_hash.as_deref(), Some("kept"));
        assert!(found(&db, "li.owner").await.password_hash.is_none(), "no password, no way in");
        assert!(found(&db, "wang.owner").await.password_hash.is_some_and(|hash| hash.starts_with("$argon2id$")));
        assert_eq!(staff(&db, "sun.worker").await.memberships.len(), 2, "linked to both");
    }

    async fn a_manager_links_nobody_from_outside_and_sets_no_password(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        person(&db, "somebody.else", false).await;
        let manager = staff(&db, "chen.manager").await;
        let before = people::Entity::find().count(db.read()).await.expect("people");
        // One answer for those who exist elsewhere, administrators or not, and for who does not exist at all.
        for login in ["somebody.else", "root", "new.boss"] {
            let text = with_password(&EXAMPLE.replace("login: lin.site", &format!("login: {login}")), login);
            let found = problems(import_project(&app, &manager, yaml(text)).await.expect_err("refused"));
            let message = ".password: only an administrator's import sets passwords";
            assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
        }
        assert_eq!(people::Entity::find().count(db.read()).await.expect("people"), before);
        assert!(staff(&db, "somebody.else").await.memberships.is_empty());
        // Somebody new, who can sign in after accepting an invitation.
        let new = EXAMPLE.replace("login: lin.site", "login: new.boss");
        import_project(&app, &manager, yaml(new)).await.expect("imported");
        let project = projects::Entity::find().one(db.read()).await.expect("projects").expect("the project");
        let stands_in = found(&db, &domain::membership::placeholder_login("new.boss", project.id)).await;
        assert!(stands_in.password_hash.is_none());
    }

    async fn a_real_project_is_imported_in_time(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let file = real_project();
        let begun = std::time::Instant::now();
        let report = import_project(&app, &root, json_file(&file)).await.expect("imported");
        println!("first import: {:?}", begun.elapsed());
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
        assert_eq!(numbers(&report, Kind::Unit), (3_000, 0, 0, 0));
        assert_eq!(numbers(&report, Kind::Room), (40_080, 0, 0, 0));
        assert_eq!(numbers(&report, Kind::Ownership), (3_200, 0, 0, 0));
        assert_eq!(rooms::Entity::find().count(db.read()).await.expect("rooms"), 40_080);
        assert_eq!(unit_owners::Entity::find().count(db.read()).await.expect("owners"), 3_200);
        let begun = std::time::Instant::now();
        let report = import_project(&app, &root, json_file(&file)).await.expect("imported again");
        println!("second import: {:?}", begun.elapsed());
        assert_eq!(numbers(&report, Kind::Room), (0, 0, 40_080, 0));
    }
}

/// The file with a password for one of the staff.
fn with_password(text: &str, login: &str) -> String {
    text.replace(&format!("login: {login},"), &format!("login: {login}, password: first-secret-of-{login},"))
}

/// The same picture from a file beside the import file; none from anywhere else.
async fn beside_the_file(app: &App, root: &Caller, folder: &TempDir) {
    std::fs::create_dir(folder.path().join("plans")).expect("a folder");
    std::fs::write(folder.path().join("plans/A1.png"), png(20)).expect("a picture");
    let path = folder.path().join("project.yaml");
    for (name, expected) in [("plans/A1.png", Ok((0, 0, 1, 0))), ("../secret.png", Err("beside the import file"))] {
        let text = EXAMPLE.replace("# plan: {file: plans/A1.png}", &format!("plan: {{file: {name}}}"));
        std::fs::write(&path, text).expect("an import file");
        let outcome = import_project(app, root, ImportFile::open(&path).await.expect("opens")).await;
        match expected {
            Ok(expected) => assert_eq!(numbers(&outcome.expect("imported"), Kind::Plan), expected),
            Err(part) => assert!(problems(outcome.expect_err("refused"))[0].contains(part)),
        }
    }
}

fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::GrayImage::from_pixel(64, 48, image::Luma([shade]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

fn store_config(folder: &TempDir) -> StoreConfig {
    StoreConfig {
        folder: folder.path().join("objects"),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits: objects::connection_limits(),
        // 2 March 2026, as for other tests.
        clock: StoreClock::new(|| 1_772_409_600_000),
    }
}

async fn log_defect(app: &App, caller: &Caller, unit_id: Uuid) {
    let input = LogDefect {
        defect_id: Ids::Random.next(),
        unit_id,
        room_id: None,
        type_code: "WALL.STRUCT_CRACK".to_owned(),
        description: None,
        severity: None,
        trade: None,
        pin: None,
        inspection_id: None,
        check_item_id: None,
        occurred_at: None,
    };
    log(Context::new(app, caller), input).await.expect("logged");
}

/// 30 buildings, 3,000 units, 25 unit types, about 40,000 rooms, 120 people, 3,200 owners.
fn real_project() -> Value {
    let room_types = ["FOYER", "LIVING", "DINING", "KITCHEN", "MASTER_BEDROOM", "BEDROOM", "BATHROOM", "BALCONY"];
    let room = |n: usize| {
        let x = f64::from(u32::try_from(n).expect("small")) / 20.0;
        let outline = [[x, 0.1], [x + 0.05, 0.1], [x + 0.05, 0.4], [x, 0.4]];
        json!({"code": format!("R{n:02}"), "name": format!("Room {n}"), "roomType": room_types[n % 8], "outline": outline})
    };
    let rooms_of = |n: usize| if n.is_multiple_of(3) { 14 } else { 13 };
    let unit_types: Vec<Value> = (0..25)
        .map(|n| {
            let rooms: Vec<Value> = (0..rooms_of(n)).map(room).collect();
            json!({"code": format!("T{n}"), "name": format!("Type {n}"), "fitout": "FITTED", "rooms": rooms})
        })
        .collect();
    let mut people = vec![
        json!({"login": "manager", "name": "M", "company": "C0", "role": "DELIVERY_MANAGER", "password": "long enough"}),
    ];
    people.extend((1..120).map(|n| {
        json!({"login": format!("worker{n}"), "name": format!("Worker {n}"), "company": format!("C{}", 1 + n % 10),
               "role": "WORKER", "password": format!("words of worker {n}")})
    }));
    let companies = (0..11).map(|n| {
        json!({"code": format!("C{n}"), "name": format!("Company {n}"), "kind": if n == 0 { "DEVELOPER" } else { "CONTRACTOR" }})
    });
    let buildings = (0..30).map(|n| json!({"code": format!("{n}"), "name": format!("Building {n}"), "floors": 25}));
    let units = (0..3_000).map(|n| {
        let (building, floor, position) = (n / 100, n % 100 / 4 + 1, n % 4 + 1);
        json!({"code": format!("{building}-{floor}{position:02}"), "building": format!("{building}"), "floor": floor,
               "unitType": format!("T{}", n % 25)})
    });
    let owners = (0..3_200).map(|n| {
        let unit = n % 3_000;
        let code = format!("{}-{}{:02}", unit / 100, unit % 100 / 4 + 1, unit % 4 + 1);
        json!({"login": format!("owner{n}"), "name": format!("Owner {n}"), "units": [{"unit": code}]})
    });
    json!({
        "project": {"code": "REAL", "name": "Real size", "timeZone": "Asia/Shanghai"},
        "companies": companies.collect::<Vec<_>>(),
        "people": people,
        "buildings": buildings.collect::<Vec<_>>(),
        "unitTypes": unit_types,
        "units": units.collect::<Vec<_>>(),
        "owners": owners.collect::<Vec<_>>(),
        "responsibilityRules": [{"company": "C1"}],
    })
}
