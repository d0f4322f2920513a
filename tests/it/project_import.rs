//! Importing a project, on both databases: first import, repetition, rights, and a project of real size.

mod again;
mod faults;
mod plans;
mod rights;
mod size;

use std::sync::Arc;

use app::project::import::{Format, ImportFile, ImportReport};
use app::{App, Clock, Error, Ids};
use blob_store::ObjectStore;
use domain::import::ImportedKind as Kind;
use domain::{Caller, Language, Membership, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::entity::{memberships, people};
use tests::database::TestDb;
use tests::stores::settings_at;
use uuid::Uuid;

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
        language: Language::En,
        administrator,
        created_at: 0,
        demo: false,
        email: None,
    };
    let person_id = row.id;
    db.write(async |tx| store::import::save::<people::Entity>(tx, vec![row]).await).await.expect("a person");
    caller(person_id.uuid(), administrator, Vec::new())
}

fn caller(person_id: Uuid, administrator: bool, memberships: Vec<Membership>) -> Caller {
    let name = "Somebody".to_owned();
    Caller { person_id: person_id.into(), name, administrator, memberships, ..Caller::operator() }
}

/// The person as a caller with the roles in the database.
async fn staff(db: &TestDb, login: &str) -> Caller {
    let row = found(db, login).await;
    let of = memberships::Column::PersonId.eq(row.id);
    let roles = memberships::Entity::find().filter(of).all(db.read()).await.expect("roles");
    let membership = |row: memberships::Model| Membership {
        project_id: row.project_id,
        company_id: row.company_id,
        role: row.role,
        since: row.added_at.map(Timestamp),
    };
    caller(row.id.uuid(), row.administrator, roles.into_iter().map(membership).collect())
}

async fn found(db: &TestDb, login: &str) -> people::Model {
    let by_login = people::Entity::find().filter(people::Column::Login.eq(login));
    by_login.one(db.read()).await.expect("people").unwrap_or_else(|| panic!("no {login}"))
}

fn yaml(text: impl Into<String>) -> ImportFile {
    ImportFile { bytes: text.into().into_bytes().into(), format: Format::Yaml, folder: None }
}

/// The numbers of created, updated, unchanged and missing entries.
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
