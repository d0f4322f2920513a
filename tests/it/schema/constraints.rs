//! Constraints of the tables: duplicates, broken references, impossible values, and changes of append-only rows are
//! refused.

use std::slice::from_ref;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::defect::{AttemptStatus, DefectStatus, Severity};
use domain::inspection::{CheckOutcome, InspectionStatus};
use domain::round::RoundStatus;
use sea_orm::sea_query::{ColumnType, InsertStatement, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, SqlErr, Statement, Value};
use store::entity::*;
use tests::database::TestDb;
use tests::on_both_databases;
use uuid::Uuid;

type Values<'a> = &'a [(&'static str, Value)];

/// A row of these values, with a default for every other mandatory column.
fn row<E: EntityTrait>(values: Values<'_>) -> InsertStatement {
    let mut columns = Vec::new();
    let mut filled = Vec::new();
    for column in E::Column::iter() {
        let definition = column.def();
        let given = values.iter().find(|(name, _)| *name == column.as_str()).map(|(_, value)| value.clone());
        let filler = || (!definition.is_null()).then(|| filler(definition.get_column_type()));
        if let Some(value) = given.or_else(filler) {
            columns.push(column);
            filled.push(value.into());
        }
    }
    for (name, _) in values {
        assert!(columns.iter().any(|column| column.as_str() == *name), "no column {name}");
    }
    Query::insert().into_table(E::default()).columns(columns).values_panic(filled).to_owned()
}

fn filler(kind: &ColumnType) -> Value {
    match kind {
        ColumnType::Uuid => new_id().into(),
        ColumnType::BigInteger => 1_i64.into(),
        ColumnType::Integer => 1_i32.into(),
        ColumnType::Boolean => false.into(),
        ColumnType::JsonBinary => serde_json::json!({}).into(),
        ColumnType::String(_) | ColumnType::Text => new_id().to_string().into(),
        _ => new_id().as_bytes().to_vec().into(),
    }
}

fn new_id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

async fn try_insert<E: EntityTrait>(db: &TestDb, values: Values<'_>) -> Result<(), DbErr> {
    let statement = row::<E>(values);
    db.write(async |tx| tx.execute(&statement).await.map(drop)).await
}

async fn insert<E: EntityTrait>(db: &TestDb, values: Values<'_>) -> Uuid {
    let id = new_id();
    let mut all = vec![("id", id.into())];
    all.extend_from_slice(values);
    let table = E::default();
    try_insert::<E>(db, &all).await.unwrap_or_else(|error| panic!("{}: {error}", table.table_name()));
    id
}

fn refused_as_double(result: Result<(), DbErr>) {
    let error = result.expect_err("a double is refused");
    assert!(matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{error}");
}

fn refused_as_reference(result: Result<(), DbErr>) {
    let error = result.expect_err("a reference to nothing is refused");
    assert!(matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))), "{error}");
}

fn refused_with(result: Result<(), DbErr>, words: &str) {
    let error = result.expect_err(words).to_string();
    assert!(error.to_lowercase().contains(words), "{error}");
}

/// One defect with all the rows that it refers to.
struct Setup {
    project: Uuid,
    company: Uuid,
    person: Uuid,
    unit: Uuid,
    building: Uuid,
    defect: Uuid,
}

impl Setup {
    async fn new(db: &TestDb) -> Self {
        let project = insert::<projects::Entity>(db, &[]).await;
        let in_project = ("project_id", Value::from(project));
        let company = insert::<companies::Entity>(db, from_ref(&in_project)).await;
        let person = insert::<people::Entity>(db, &[]).await;
        let building = insert::<buildings::Entity>(db, from_ref(&in_project)).await;
        let unit = insert::<units::Entity>(db, &[in_project, ("building_id", building.into())]).await;
        let mut setup = Self { project, company, person, unit, building, defect: Uuid::nil() };
        setup.defect = insert::<defects::Entity>(db, &setup.defect(&[])).await;
        setup
    }

    /// The values of a valid defect, except for these.
    fn defect(&self, other: Values<'_>) -> Vec<(&'static str, Value)> {
        let good: [(&'static str, Value); 7] = [
            ("project_id", self.project.into()),
            ("unit_id", self.unit.into()),
            ("building_id", self.building.into()),
            ("raised_by", self.person.into()),
            ("status", "OPEN".into()),
            ("severity", "MINOR".into()),
            ("number", 0_i64.into()),
        ];
        replaced(good.to_vec(), other)
    }

    /// The values of a valid repair attempt, except for these.
    fn attempt(&self, other: Values<'_>) -> Vec<(&'static str, Value)> {
        let good: [(&'static str, Value); 5] = [
            ("project_id", self.project.into()),
            ("defect_id", self.defect.into()),
            ("company_id", self.company.into()),
            ("person_id", self.person.into()),
            ("status", "PENDING".into()),
        ];
        replaced(good.to_vec(), other)
    }

    /// The values of a verdict of the supervisor.
    fn verdict(&self, attempt: Uuid) -> Vec<(&'static str, Value)> {
        vec![
            ("project_id", self.project.into()),
            ("defect_id", self.defect.into()),
            ("attempt_id", attempt.into()),
            ("person_id", self.person.into()),
            ("party", "SUPERVISOR".into()),
        ]
    }
}

fn replaced(mut good: Vec<(&'static str, Value)>, other: Values<'_>) -> Vec<(&'static str, Value)> {
    good.retain(|(name, _)| other.iter().all(|(replaced, _)| replaced != name));
    good.extend_from_slice(other);
    good
}

/// Tries to change and to delete the rows of a table.
async fn is_append_only(db: &TestDb, table: &str) {
    for sql in [format!("UPDATE {table} SET recorded_at = 7"), format!("DELETE FROM {table}")] {
        let result = db.write(async |tx| tx.execute_unprepared(&sql).await.map(drop)).await;
        refused_with(result, "are never changed");
    }
    let count = Statement::from_string(
        db.read().get_database_backend(),
        format!("SELECT count(*) FROM {table} WHERE recorded_at = 1"),
    );
    let row = db.read().query_one_raw(count).await.expect("a count").expect("one row");
    assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), 1, "{table}");
}

on_both_databases! {
    async fn duplicates_are_refused(db: TestDb) {
        let setup = Setup::new(&db).await;
        let of_project = ("project_id", Value::from(setup.project));
        insert::<units::Entity>(
            &db,
            &[of_project.clone(), ("building_id", setup.building.into()), ("code", "1-1-101".into())],
        )
        .await;
        let again = [of_project.clone(), ("building_id", setup.building.into()), ("code", "1-1-101".into())];
        refused_as_double(try_insert::<units::Entity>(&db, &again).await);

        let change = [of_project, ("object_kind", "DEFECT".into()), ("object_id", setup.defect.into())];
        try_insert::<changes::Entity>(&db, &change).await.expect("the first");
        refused_as_double(try_insert::<changes::Entity>(&db, &change).await);

        let attempt = insert::<repair_attempts::Entity>(&db, &setup.attempt(&[])).await;
        refused_as_double(try_insert::<repair_attempts::Entity>(&db, &setup.attempt(&[])).await);
        insert::<verdicts::Entity>(&db, &setup.verdict(attempt)).await;
        refused_as_double(try_insert::<verdicts::Entity>(&db, &setup.verdict(attempt)).await);
    }

    /// A defect has no number until the end of its transaction; then no other defect has it.
    async fn number_of_a_defect_is_unique(db: TestDb) {
        let setup = Setup::new(&db).await;
        insert::<defects::Entity>(&db, &setup.defect(&[])).await;
        let numbered = setup.defect(&[("number", 12_i64.into())]);
        insert::<defects::Entity>(&db, &numbered).await;
        refused_as_double(try_insert::<defects::Entity>(&db, &numbered).await);
        let other = Setup::new(&db).await;
        insert::<defects::Entity>(&db, &other.defect(&[("number", 12_i64.into())])).await;
    }

    async fn broken_references_are_refused(db: TestDb) {
        let setup = Setup::new(&db).await;
        refused_as_reference(try_insert::<companies::Entity>(&db, &[]).await);
        for column in ["unit_id", "room_id", "raised_by", "assignee_id", "responsible_company_id", "plan_id"] {
            let lost = setup.defect(&[(column, new_id().into())]);
            refused_as_reference(try_insert::<defects::Entity>(&db, &lost).await);
        }
    }

    async fn impossible_values_are_refused(db: TestDb) {
        let setup = Setup::new(&db).await;
        let defect = setup.defect;
        let impossible: [Values<'_>; 8] = [
            &[("pin_x", 1.01.into()), ("pin_y", 0.5.into())],
            &[("pin_x", 0.5.into()), ("pin_y", (-0.01).into())],
            &[("pin_x", 0.5.into())],
            &[("status", "LOST".into())],
            &[("severity", "HUGE".into())],
            &[("hold_reason", "no key".into())],
            &[("void_reason", "DUPLICATE".into())],
            &[("id", defect.into()), ("duplicate_of", defect.into())],
        ];
        for values in impossible {
            refused_with(try_insert::<defects::Entity>(&db, &setup.defect(values)).await, "check constraint");
        }
        let possible = [("pin_x", 0.0.into()), ("pin_y", 1.0.into()), ("void_reason", "DUPLICATE".into()),
            ("duplicate_of", defect.into())];
        insert::<defects::Entity>(&db, &setup.defect(&possible)).await;
    }

    /// The tables accept every code of the domain.
    async fn every_code_is_stored(db: TestDb) {
        let setup = Setup::new(&db).await;
        for status in DefectStatus::ALL {
            insert::<defects::Entity>(&db, &setup.defect(&[("status", status.as_str().into())])).await;
        }
        for severity in Severity::ALL {
            insert::<defects::Entity>(&db, &setup.defect(&[("severity", severity.as_str().into())])).await;
        }
        for (number, status) in (10_i32..).zip(AttemptStatus::ALL) {
            let values = [("number", number.into()), ("status", status.as_str().into())];
            insert::<repair_attempts::Entity>(&db, &setup.attempt(&values)).await;
        }
        inspection_codes(&db, &setup).await;
    }

    async fn history_is_append_only(db: TestDb) {
        let setup = Setup::new(&db).await;
        let attempt = insert::<repair_attempts::Entity>(&db, &setup.attempt(&[])).await;
        insert::<verdicts::Entity>(&db, &setup.verdict(attempt)).await;
        insert::<events::Entity>(&db, &[("project_id", setup.project.into())]).await;
        is_append_only(&db, "verdicts").await;
        is_append_only(&db, "events").await;
    }
}

/// A round in every status, a unit inspection in every status, a result of every outcome.
async fn inspection_codes(db: &TestDb, setup: &Setup) {
    let of_project = ("project_id", Value::from(setup.project));
    let checklist = insert::<checklists::Entity>(db, from_ref(&of_project)).await;
    let version = [of_project.clone(), ("checklist_id", checklist.into())];
    let version = insert::<checklist_versions::Entity>(db, &version).await;
    let item = [of_project.clone(), ("checklist_version_id", version.into())];
    let item = insert::<checklist_items::Entity>(db, &item).await;
    let unit = ("unit_id", Value::from(setup.unit));
    let room = insert::<rooms::Entity>(db, &[of_project.clone(), unit.clone()]).await;
    let mut inspection = Uuid::nil();
    let every = RoundStatus::ALL.iter().cycle().zip(InspectionStatus::ALL);
    for (number, (round, status)) in (1_i32..).zip(every) {
        let values = [
            of_project.clone(),
            ("number", number.into()),
            ("status", round.as_str().into()),
            ("checklist_version_id", version.into()),
            ("created_by", setup.person.into()),
        ];
        let round = ("round_id", Value::from(insert::<rounds::Entity>(db, &values).await));
        let values = [of_project.clone(), round, unit.clone(), ("status", status.as_str().into())];
        inspection = insert::<unit_inspections::Entity>(db, &values).await;
    }
    for outcome in CheckOutcome::ALL {
        let company = insert::<companies::Entity>(db, from_ref(&of_project)).await;
        let values = [
            of_project.clone(),
            ("inspection_id", inspection.into()),
            ("room_id", room.into()),
            ("item_id", item.into()),
            ("company_id", company.into()),
            ("person_id", setup.person.into()),
            ("result", outcome.as_str().into()),
        ];
        insert::<check_results::Entity>(db, &values).await;
    }
}
