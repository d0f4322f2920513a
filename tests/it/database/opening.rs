//! Opening: migrations are applied once and as a whole, a newer program's database is refused, invalid settings are
//! errors.

use migration::{ApplyError, Migrator, apply};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait};
use store::db::{Backend, DbSettings, connect_for_maintenance};
use tests::database::TestDb;
use tests::on_both_databases;

/// Creates a table, then fails if required.
struct Step {
    name: &'static str,
    fails: bool,
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = format!("CREATE TABLE {} (n bigint)", self.name);
        manager.get_connection().execute_unprepared(&sql).await?;
        if self.fails { Err(DbErr::Custom("half way".to_owned())) } else { Ok(()) }
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The program's migrations and one more.
struct Newer<const FAILS: bool>;

#[async_trait::async_trait]
impl<const FAILS: bool> MigratorTrait for Newer<FAILS> {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = Migrator::migrations();
        all.push(Box::new(Step { name: "x_next_year", fails: FAILS }));
        all
    }
}

async fn apply_to<M: MigratorTrait>(settings: &DbSettings) -> Result<(), ApplyError> {
    apply::<M>(connect_for_maintenance(settings).await.expect("a connection")).await
}

async fn has_table(db: &TestDb, table: &str) -> bool {
    let sql = format!("SELECT count(*) FROM {table}");
    db.read().execute_unprepared(&sql).await.is_ok()
}

/// Whether PostgreSQL may compile statements of a connection to machine code.
async fn jit(conn: &impl ConnectionTrait) -> String {
    let statement = Statement::from_string(conn.get_database_backend(), "SHOW jit");
    let row = conn.query_one_raw(statement).await.expect("an answer").expect("a setting");
    row.try_get_by_index(0).expect("a text")
}

on_both_databases! {
    async fn no_statement_is_compiled_to_machine_code(db: TestDb) {
        if db.backend() != Backend::Postgres {
            return;
        }
        assert_eq!(jit(db.read()).await, "off");
        let tx = db.begin().await.expect("a transaction");
        assert_eq!(jit(&tx).await, "off");
        tx.commit().await.expect("committed");
    }

    async fn second_opening_changes_nothing(db: TestDb) {
        apply_to::<Migrator>(&db.settings).await.expect("nothing to do");
        api::database::open(&db.settings).await.expect("opens").check().await.expect("answers");
    }

    async fn database_of_a_newer_program_is_refused(db: TestDb) {
        apply_to::<Newer<false>>(&db.settings).await.expect("the newer program");
        assert!(has_table(&db, "x_next_year").await);
        let error = api::database::open(&db.settings).await.err().expect("refused").to_string();
        assert_eq!(
            error,
            "this data folder was written by a newer version (migration x_next_year); use that version or a newer one"
        );
    }

    async fn failed_migration_leaves_nothing(db: TestDb) {
        let error = apply_to::<Newer<true>>(&db.settings).await.expect_err("fails").to_string();
        assert!(error.contains("half way"), "{error}");
        assert!(!has_table(&db, "x_next_year").await);
        api::database::open(&db.settings).await.expect("still this program's");
    }

    async fn programs_that_start_concurrently_migrate_once(db: TestDb) {
        let settings = db.settings.clone();
        if db.backend() == store::db::Backend::Sqlite {
            // Two programs on one data folder are stopped by its lock before they open the database.
            return;
        }
        let tasks = [0, 1, 2, 3].map(|_| {
            let settings = settings.clone();
            tokio::spawn(async move { apply_to::<Newer<false>>(&settings).await })
        });
        for task in tasks {
            task.await.expect("no panic").expect("applied by one of them");
        }
    }
}

#[test]
fn each_migration_runs_in_a_transaction() {
    for migration in Migrator::migrations() {
        assert_eq!(migration.use_transaction(), Some(true), "{}", migration.name());
    }
}

#[tokio::test]
async fn invalid_settings_are_refused_with_a_message() {
    for (url, told) in [
        ("mysql://root@localhost/x", "must begin with sqlite: or postgres://"),
        ("sqlite::memory:", "must be followed by the path of a file"),
        ("sqlite:", "must be followed by the path of a file"),
        ("postgres://u:secret@h:port/x", "cannot be read"),
    ] {
        let error = DbSettings::new(url).check().expect_err(url).to_string();
        assert!(error.contains(told), "{url}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let mut none = DbSettings::new("sqlite:x.db");
    none.readers = 0;
    assert!(none.check().is_err());
}

#[tokio::test]
async fn error_of_an_unreachable_database_has_its_address_but_not_its_password() {
    let settings = DbSettings::new("postgres://someone:secret@127.0.0.1:1/x");
    let error = connect_for_maintenance(&settings).await.expect_err("no server listens there");
    assert!(error.to_string().starts_with("cannot open the database postgres://someone@127.0.0.1:1/x: "), "{error}");
    assert!(!format!("{error} {error:?} {settings:?}").contains("secret"));
    let error =
        connect_for_maintenance(&DbSettings::new("sqlite:/nowhere/at/all.db")).await.expect_err("no such folder");
    assert!(error.to_string().starts_with("cannot open the database sqlite:/nowhere/at/all.db: "), "{error}");
}
