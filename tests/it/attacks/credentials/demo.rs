//! The demo opens no other access: no administrator, no published password, and no project is taken for it by its code.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;

use app::session::Client;
use app::session::create::Credentials;
use demo::{remove, seed_if_empty};
use migration::{Migrator, apply};
use sea_orm::sea_query::{Alias, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryResult, Statement, Value};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};
use serde_json::json;
use store::db::{Backend, DbSettings, connect_for_maintenance};
use store::demo::RECORDS_OF_PEOPLE;
use store::entity::{demo_projects, people, projects};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::fixture::PASSWORD;
use tests::on_both_databases;
use tokio::process::Command;

use super::setup::{GOOD, RESET_CREATE, accept, code, invited, reset, sign_in, staff, token_of};

const MANAGER: &str = "chen.jing@riverside.example";
/// The password that earlier versions published.
const PUBLISHED: &str = "handover-demo";

/// The columns that name a person in rows that the removal of the demo deletes or changes with the person.
const BELONGINGS_OF_PEOPLE: [(&str, &str); 17] = [
    ("sessions", "person_id"),
    ("operations", "person_id"),
    ("one_time_links", "person_id"),
    ("one_time_links", "made_by"),
    ("one_time_links", "used_by"),
    ("one_time_links", "revoked_by"),
    ("unit_links", "person_id"),
    ("unit_links", "made_by"),
    ("unit_links", "revoked_by"),
    ("sign_in_codes", "person_id"),
    ("message_attempts", "person_id"),
    ("message_attempts", "resolved_by"),
    ("confirmed_addresses", "person_id"),
    ("address_codes", "person_id"),
    ("message_preferences", "person_id"),
    ("message_switches", "person_id"),
    ("unsubscribe_links", "person_id"),
];

/// The migrations of the version before.
struct Before;

#[async_trait::async_trait]
impl MigratorTrait for Before {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Migrator::migrations().into_iter().filter(|migration| migration.name() < "m0004").collect()
    }
}

/// An empty database of the version before, for one test.
async fn of_the_version_before(db: &TestDb, folder: &Path) -> DbSettings {
    let settings = match db.backend() {
        Backend::Sqlite => DbSettings::new(format!("sqlite:{}", folder.join("before.db").display())),
        Backend::Postgres => {
            let connection = connect_for_maintenance(&db.settings).await.expect("a connection");
            let afresh = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
            connection.execute_unprepared(afresh).await.expect("an empty schema");
            connection.close().await.expect("closed");
            db.settings.clone()
        }
    };
    apply::<Before>(connect_for_maintenance(&settings).await.expect("a connection")).await.expect("the tables");
    settings
}

type Row<'a> = &'a [(&'static str, Value)];

async fn insert(settings: &DbSettings, table: &'static str, row: Row<'_>) {
    let connection = connect_for_maintenance(settings).await.expect("a connection");
    let mut statement = Query::insert();
    statement.into_table(Alias::new(table)).columns(row.iter().map(|(name, _)| Alias::new(*name)));
    statement.values_panic(row.iter().map(|(_, value)| value.clone().into()));
    connection.execute(&statement).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    connection.close().await.expect("closed");
}

/// The data of the version before: a project, its manager as an administrator with the published password.
async fn seeded_before(settings: &DbSettings, code: &str, login: &str) {
    let [project, company, person] = [0, 1, 2].map(|_| tests::ids::v7());
    let hash = app::password::hash(PUBLISHED.to_owned()).await.expect("a hash");
    insert(
        settings,
        "projects",
        &[
            ("id", project.into()),
            ("code", code.into()),
            ("name", code.into()),
            ("time_zone", "Asia/Shanghai".into()),
            ("policy", serde_json::json!({}).into()),
            ("epoch", project.into()),
            ("version", 1.into()),
            ("created_at", 1_i64.into()),
        ],
    )
    .await;
    insert(
        settings,
        "companies",
        &[
            ("id", company.into()),
            ("project_id", project.into()),
            ("code", "RIVER".into()),
            ("name", "River".into()),
            ("kind", "DEVELOPER".into()),
            ("version", 1.into()),
        ],
    )
    .await;
    insert(
        settings,
        "people",
        &[
            ("id", person.into()),
            ("login", login.into()),
            ("name", "Chen Jing".into()),
            ("password_hash", hash.into()),
            ("language", "EN".into()),
            ("administrator", true.into()),
            ("created_at", 1_i64.into()),
        ],
    )
    .await;
    insert(
        settings,
        "memberships",
        &[
            ("id", tests::ids::v7().into()),
            ("project_id", project.into()),
            ("person_id", person.into()),
            ("company_id", company.into()),
            ("role", "DELIVERY_MANAGER".into()),
            ("active", true.into()),
        ],
    )
    .await;
}

async fn found(db: &store::db::Db, login: &str) -> people::Model {
    let row = people::Entity::find().filter(people::Column::Login.eq(login)).one(db.read()).await;
    row.expect("people").unwrap_or_else(|| panic!("{login} is not there"))
}

on_both_databases! {
    async fn demo_of_an_earlier_version_is_corrected(db: TestDb) {
        let scratch = TestApp::start(&db).await;
        let folder = tempfile::tempdir().expect("a folder");
        let settings = of_the_version_before(&db, folder.path()).await;
        seeded_before(&settings, "RIVERSIDE", MANAGER).await;
        // A real project with a real administrator, which resembles the demo.
        seeded_before(&settings, "RIVERSIDE-2", "boss@riverside.example.com").await;

        let opened = api::database::open(&settings).await.expect("opened");
        let manager = found(&opened, MANAGER).await;
        assert!(manager.demo && !manager.administrator && manager.password_hash.is_none(), "{manager:?}");
        let real = found(&opened, "boss@riverside.example.com").await;
        assert!(!real.demo && real.administrator && real.password_hash.is_some(), "{real:?}");

        let app = app::App { db: opened, demo: true, ..scratch.app.clone() };
        let seeded = seed_if_empty(&app, None).await.expect("an answer").expect("the demo is there");
        let password = &seeded[0].password;
        assert_ne!(password, PUBLISHED);
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let sign_in = async |app: &app::App, password: &str| {
            let given = Credentials { login: MANAGER, password, device: None, device_token: None };
            app::session::create::create(app, &Client::new(here), given).await.map(|signed_in| signed_in.session)
        };
        sign_in(&app, PUBLISHED).await.expect_err("the published password");
        sign_in(&app, password).await.expect("the new one");
        // The next start keeps the password; a setting changes it; with the demo off it is invalid.
        let again = seed_if_empty(&app, None).await.expect("an answer").expect("the demo is there");
        assert_eq!(&again[0].password, password);
        let wanted = seed_if_empty(&app, Some("a demo for scripts")).await.expect("an answer").expect("the demo");
        assert_eq!(wanted[0].password, "a demo for scripts");
        sign_in(&app, password).await.expect_err("the password before");
        let session = sign_in(&app, "a demo for scripts").await.expect("the wanted one");
        let off = app::App { demo: false, caller_cache: app::CallerCache::default(), ..app.clone() };
        sign_in(&off, "a demo for scripts").await.expect_err("off");
        let caller = app::session::authenticate::authenticate(&off, &session.access_token, here).await.expect("an answer");
        assert!(caller.is_none(), "a session of before opens nothing");
        let client = Client::new(here);
        let refreshed = app::session::refresh::refresh(&off, &client, &session.refresh_token).await;
        let refused = format!("{:?}", refreshed.expect_err("no new pair for it either"));
        assert!(refused.contains("SessionExpired"), "{refused}");
        app::session::refresh::refresh(&app, &client, &session.refresh_token).await.expect("a session of the demo continues");
        app.db.close().await.expect("closed");
    }

    async fn project_is_not_taken_for_the_demo_by_its_code(db: TestDb) {
        let app = TestApp::start(&db).await;
        for code in ["RIVERSIDE-BEING-SEEDED", "RIVERSIDE"] {
            tests::fixture::another(&app.app, code).await;
        }
        let with_demo = app::App { demo: true, ..app.app.clone() };
        assert!(seed_if_empty(&with_demo, None).await.expect("an answer").is_none());
        assert!(!remove(&with_demo).await.expect("an answer"));
        assert_eq!(projects::Entity::find().count(app.app.db.read()).await.expect("a count"), 4);
        assert_eq!(demo_projects::Entity::find().count(app.app.db.read()).await.expect("a count"), 0);
    }
}

/// Marks people of the fixture as people of the seed.
async fn make_demo(app: &TestApp, logins: &[&str], demo: bool) {
    use sea_orm::sea_query::Expr;
    let made = people::Entity::update_many()
        .col_expr(people::Column::Demo, Expr::value(demo))
        .filter(people::Column::Login.is_in(logins.iter().copied()));
    app.app.db.write(async |tx| made.exec(tx).await).await.expect("marked");
    app.app.caller_cache.forget();
}

/// Marks the fixture's project as the demo.
pub(super) async fn mark(app: &TestApp) {
    let id = app.project.id;
    app.app.db.write(async |tx| store::demo::mark_as_demo(tx, id.into()).await).await.expect("marked");
}

on_both_databases! {
    async fn person_invited_into_the_demo_is_no_person_of_the_demo(db: TestDb) {
        let app = TestApp::start(&db).await;
        mark(&app).await;
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, "real@dev.example", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        assert!(!found(&app.app.db, "real@dev.example").await.demo);
        // The demo is off in tests.
        assert!(sign_in(&app, "real@dev.example", GOOD).await.is_object());
    }

    async fn person_of_the_demo_with_another_project_can_reset_the_password(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = app.user("root").await;
        let link = async |login: &str| {
            let made = root.ok(RESET_CREATE, json!({ "input": { "personId": app.person_id(login) } })).await;
            token_of(&made["passwordResetCreate"]["link"])
        };
        make_demo(&app, &["site", "manager"], true).await;
        assert!(sign_in(&app, "site", PASSWORD).await.is_null());
        assert_eq!(code(&reset(&app, &link("site").await, GOOD).await), "");
        assert!(sign_in(&app, "site", GOOD).await.is_object());
        app::credentials::operator::set_password(&app.app, "manager", GOOD).await.expect("set");
        assert!(sign_in(&app, "manager", GOOD).await.is_object());

        // A person with no other project remains a person of the demo.
        mark(&app).await;
        make_demo(&app, &["site", "manager"], true).await;
        assert_eq!(code(&reset(&app, &link("site").await, "another good password").await), "LINK_INVALID");
        app::credentials::operator::set_password(&app.app, "manager", "another good password").await.expect("set");
        assert!(sign_in(&app, "manager", "another good password").await.is_null());
    }

    async fn links_made_by_people_of_the_demo_are_removed_with_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, "real@dev.example", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        let real = found(&app.app.db, "real@dev.example").await.id;
        for person in [real, app.person_id("site").into()] {
            manager.ok(RESET_CREATE, json!({ "input": { "personId": person } })).await;
        }
        mark(&app).await;
        make_demo(&app, &["manager", "site"], true).await;
        assert!(remove(&app.app).await.expect("removed"));
        let left = people::Entity::find().filter(people::Column::Login.is_in(["manager", "site", "real@dev.example"]));
        assert_eq!(left.count(app.app.db.read()).await.expect("a count"), 0);
    }

    async fn removal_of_the_demo_covers_every_reference_to_people(db: TestDb) {
        let connection = connect_for_maintenance(&db.settings).await.expect("a connection");
        let sql = match db.backend() {
            Backend::Sqlite => "SELECT t.name, k.\"from\" FROM sqlite_master t, pragma_foreign_key_list(t.name) k
                WHERE t.type = 'table' AND k.\"table\" = 'people'",
            Backend::Postgres => "SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
                WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass",
        };
        let asked = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(asked).await.expect("the references");
        let text = |row: &QueryResult, at| row.try_get_by_index::<String>(at).expect("a name");
        let there: BTreeSet<(String, String)> = rows.iter().map(|row| (text(row, 0), text(row, 1))).collect();
        let known = RECORDS_OF_PEOPLE.iter().chain(&BELONGINGS_OF_PEOPLE);
        let known: BTreeSet<(String, String)> =
            known.map(|(table, column)| ((*table).to_owned(), (*column).to_owned())).collect();
        assert_eq!(there, known, "what refers to people, and what the removal looks at");
        connection.close().await.expect("closed");
    }
}

/// The program on embedded defaults in a separate folder.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_killable"));
    command.env_remove("DATABASE_URL").env_remove("S3_ENDPOINT");
    command.env("HANDOVER_DATA", folder.join("data")).env("HANDOVER_OBJECTS_LISTEN", "127.0.0.1:0");
    command.env("HANDOVER_LOG", "warn,s3s=off").current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn removed_demo_leaves_nothing_in_the_database_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let settings = DbSettings::new(format!("sqlite:{}", data.join("handover.db").display()));
    apply::<Before>(connect_for_maintenance(&settings).await.expect("a connection")).await.expect("the tables");
    seeded_before(&settings, "RIVERSIDE", MANAGER).await;
    seeded_before(&settings, "REAL", "boss@real.example").await;
    let holds = |text: &str| {
        let files = std::fs::read_dir(&data).expect("the folder").map(|entry| entry.expect("an entry").path());
        let files = files.filter(|path| path.to_string_lossy().contains("handover.db"));
        let bytes: Vec<u8> = files.flat_map(|path| std::fs::read(path).expect("a file")).collect();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(holds(MANAGER) && holds("boss@real.example"));
    let output = program(folder.path()).args(["demo", "remove"]).output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("The demo was removed"), "{said}");
    assert!(holds("boss@real.example"), "the other project stays");
    assert!(!holds(MANAGER), "a login of the demo is in the file still");
}

#[tokio::test]
async fn command_with_a_closed_output_ends_without_an_error() {
    for arguments in [["schema"], ["settings"]] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = program(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is built");
        // Its output is not read.
        drop(child.stdout.take());
        let output = child.wait_with_output().await.expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn settings_are_checked_before_anything_is_created() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = program(folder.path());
    command.env("HANDOVER_DEMO", "false").env("HANDOVER_CORS_ORIGINS", "[\"*\"]");
    let output = command.arg("serve").output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("cors_origins: \"*\" is no origin"), "{said}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
}

#[tokio::test]
async fn demo_is_not_served_on_addresses_of_other_machines() {
    let folder = tempfile::tempdir().expect("a folder");
    let output =
        program(folder.path()).env("HANDOVER_LISTEN", "0.0.0.0:0").arg("serve").output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("HANDOVER_DEMO_PUBLIC=true"), "{said}");
    assert!(!folder.path().join("data/handover.db").exists(), "nothing was made");
}
