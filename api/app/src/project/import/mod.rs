//! Setting up a project from one file, and bringing it up to date from a later one.
//!
//! All or nothing: the file is checked as a whole, pictures and passwords are prepared, and then one transaction
//! writes. Entries are matched with existing rows by code or login, so that ids stay; no row is ever deleted.

mod checklists;
mod companies;
mod encoding;
mod faults;
mod format;
mod importing;
mod lookalikes;
mod memberships;
mod nesting;
mod ownerships;
mod people;
mod pictures;
mod places;
mod plans;
mod refused;
mod report;
mod rows;
mod rules;
mod source;
mod text;
mod units;
mod vocabulary;
mod write;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use domain::access::Action;
use domain::import::{self, ImportDocument, Known, Problem};
use domain::taxonomy::Taxonomy;
use domain::{Caller, Refusal, RefusalCode};
use store::boxed;
use store::entity::projects;

pub use self::format::Format;
pub use self::importing::Importing;
pub use self::report::{ImportReport, Tally};

use self::pictures::Picture;
use self::refused::refused;
use self::source::Source;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::{App, password};

/// An import file as it arrives.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// The text.
    pub bytes: Bytes,
    /// How it is written.
    pub format: Format,
    /// Where the files that it names are; none when they cannot be read.
    pub folder: Option<PathBuf>,
}

impl ImportFile {
    /// A file on this machine; pictures may lie beside it.
    ///
    /// # Errors
    /// When it cannot be read.
    #[boxed]
    pub async fn open(path: &Path) -> std::io::Result<Self> {
        let bytes = tokio::fs::read(path).await?.into();
        let format = Format::of_name(&path.to_string_lossy());
        Ok(Self { bytes, format, folder: Some(path.parent().map_or_else(PathBuf::new, Path::to_owned)) })
    }
}

/// Imports a file: an administrator any project, a delivery manager the own one again.
///
/// # Errors
/// `IMPORT_INVALID` for each problem of the file, `ROLE_NOT_ALLOWED`, `IMPORT_RUNNING`; then nothing was written.
#[boxed]
pub async fn import_project(app: &App, caller: &Caller, file: ImportFile) -> Result<ImportReport> {
    import(app, caller, file, false).await
}

/// Imports the demo, as the program's operator does; its project and its people are marked as the demo's.
///
/// # Errors
/// As [`import_project`].
#[boxed]
pub async fn import_demo(app: &App, file: ImportFile) -> Result<ImportReport> {
    import(app, &Caller::operator(), file, true).await
}

async fn import(app: &App, caller: &Caller, file: ImportFile, is_demo: bool) -> Result<ImportReport> {
    let manager = caller.memberships.iter().any(|membership| Action::ImportProject.allows(membership.role));
    if !caller.administrator && !manager {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    // Held until the import is done: a person has the cores and the writer for one import at a time.
    let _turn = app.importing.begin(caller)?;
    let file = tokio::task::spawn_blocking(move || parse(file)).await.map_err(Error::internal)??;
    let known_codes = known_codes(app, caller, &file.value).await?;
    let (document, pictures, taxonomy) =
        tokio::task::spawn_blocking(move || read(&file, known_codes)).await.map_err(Error::internal)??;
    let known = store::import::project_by_code(app.db.read(), &document.project.code).await?;
    may_import(caller, known.as_ref())?;
    let project_id = known.map_or_else(|| app.ids.next(), |project| project.id);
    let stored = plans::store_pictures(app, project_id, pictures).await?;
    let by_administrator = caller.administrator;
    let passwords = if by_administrator { first_passwords(app, &document).await? } else { HashMap::new() };
    let work = Context::new(app, caller).begin().await?;
    let prepared = write::Prepared {
        document,
        taxonomy,
        pictures: stored,
        passwords,
        new_project_id: project_id,
        by_administrator,
        is_demo,
    };
    let report = prepared.write(work, caller).await?;
    tracing::info!(person = %caller.person_id, project = %project_id, "a project file was imported");
    // Roles and owners may have changed.
    app.caller_cache.forget();
    Ok(report)
}

/// A file whose text was read.
struct Parsed {
    source: Source,
    value: serde_json::Value,
    folder: Option<PathBuf>,
}

fn parse(file: ImportFile) -> Result<Parsed> {
    let one = |problem: Problem| refused(vec![problem]);
    let source = Source::decode(&file.bytes, file.format).map_err(one)?;
    let value = text::parse(source.text(), file.format).map_err(|problem| one(source.explain(problem)))?;
    Ok(Parsed { source, value, folder: file.folder })
}

/// Codes of the project that no new code may equal: existing codes stay. A caller who may not import the project learns
/// nothing of them.
async fn known_codes(app: &App, caller: &Caller, value: &serde_json::Value) -> Result<HashSet<String>> {
    let Some(code) = value["project"]["code"].as_str() else { return Ok(HashSet::new()) };
    match store::import::project_by_code(app.db.read(), code.trim()).await? {
        Some(project) if may_import(caller, Some(&project)).is_ok() => {
            Ok(store::keys::known_codes(&app.db, project.id).await?)
        }
        _ => Ok(HashSet::new()),
    }
}

/// Everything else about the file that needs no database.
fn read(file: &Parsed, known_codes: HashSet<String>) -> Result<(ImportDocument, Vec<Picture>, Taxonomy)> {
    let seed = Taxonomy::seed()?;
    let known = Known { codes: known_codes, spellings: file.source.spellings(&file.value) };
    let lines = |problems: Vec<Problem>| refused(file.source.with_lines(problems));
    let document = import::check_with(&file.value, &seed, known).map_err(lines)?;
    let pictures = pictures::read_pictures(&document, file.folder.as_deref()).map_err(refused)?;
    let taxonomy = document.taxonomy.over(&seed);
    Ok((document, pictures, taxonomy))
}

/// A stranger learns no more than that a project of this code is not theirs to import.
fn may_import(caller: &Caller, project: Option<&projects::Model>) -> Result<()> {
    let role = project.and_then(|project| caller.actor_in(project.id)).map(|actor| actor.role());
    if caller.administrator || role.is_some_and(|role| Action::ImportProject.allows(role)) {
        Ok(())
    } else {
        Err(Refusal::at(RefusalCode::RoleNotAllowed, "project.code").into())
    }
}

/// Hashes of the passwords of people who have none yet, by login: hashing is far too slow for the write transaction.
/// For an administrator's import alone: no other import sets passwords, and a refused import hashes nothing.
async fn first_passwords(app: &App, document: &ImportDocument) -> Result<HashMap<String, String>> {
    let staff = document.people.iter().map(|person| (&person.login, &person.password));
    let owners = document.owners.iter().map(|owner| (&owner.login, &owner.password));
    let mut wanted: HashMap<&str, &str> = HashMap::new();
    for (login, password) in staff.chain(owners) {
        if let Some(password) = password {
            wanted.entry(login).or_insert(password);
        }
    }
    let logins: Vec<&str> = wanted.keys().copied().collect();
    for person in store::import::people_by_login(app.db.read(), &logins).await? {
        if person.password_hash.is_some() {
            wanted.remove(person.login.as_str());
        }
    }
    let (logins, passwords): (Vec<&str>, Vec<String>) =
        wanted.into_iter().map(|(login, password)| (login, password.to_owned())).unzip();
    let hashes = password::hash_all(passwords, &app.imported_hashes).await?;
    Ok(logins.into_iter().map(str::to_owned).zip(hashes).collect())
}
