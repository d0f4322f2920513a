//! Companies, people and roles.
//!
//! A login is one person over all projects. A file may say who somebody is only where it creates the person, or where
//! the person belongs to this project alone; anybody else is linked as they are.

use std::collections::{HashMap, HashSet};

use domain::Language;
use domain::import::{CompanyEntry, ImportDocument, ImportedKind, Problem};
use domain::object_kind::ObjectKind;
use store::entity::{companies, memberships, people, unit_owners};
use uuid::Uuid;

use super::refused;
use super::rows::Rows;
use super::write::{Import, id_of};
use crate::error::Result;
use crate::work::Work;

/// Companies by code.
pub(super) type Companies = HashMap<String, companies::Model>;
/// People by login.
pub(super) type People = HashMap<String, people::Model>;

/// What the file says of a person, staff or owner.
struct Said<'a> {
    path: String,
    login: &'a str,
    name: &'a str,
    phone: Option<&'a str>,
    language: Option<&'a str>,
}

/// Of the people who exist already.
struct Known {
    /// Those who belong to this project.
    here: HashSet<Uuid>,
    /// Those who belong to this project and to no other, administrators apart.
    ours: HashSet<Uuid>,
}

impl Import<'_> {
    pub(super) async fn companies(&mut self) -> Result<Companies> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<companies::Entity>(&work.tx, project_id).await?;
        let wanted = self.file.document.companies.iter().map(|entry| (entry.code.clone(), entry));
        let make = |entry: &CompanyEntry, row: Option<&companies::Model>| companies::Model {
            id: id_of(row.map(|row| row.id), work),
            project_id,
            code: entry.code.clone(),
            name: entry.name.clone(),
            kind: entry.kind.clone(),
            version: row.map_or(1, |row| row.version),
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let mut rows = Rows::match_up(ImportedKind::Company, there, wanted, make, |row| row.version += 1);
        store::import::save::<companies::Entity>(&work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.changed(ObjectKind::Company, row.id);
        }
        rows.leave(|row| row.code.clone());
        self.tallies.push(rows.tally);
        Ok(rows.now)
    }

    pub(super) async fn people(&mut self) -> Result<People> {
        let said = said(&self.file.document);
        let logins: Vec<&str> = said.iter().map(|said| said.login).collect();
        let there = store::import::people_by_login(&self.work.tx, &logins).await?;
        let Known { here, ours } = self.known(&there).await?;
        if !self.file.by_administrator {
            not_for_managers(&said, &there, &here, &self.file.passwords)?;
        }
        let work = &*self.work;
        let mut notes = Vec::new();
        let passwords = &self.file.passwords;
        let make = |said: &Said<'_>, row: Option<&people::Model>| match row {
            None => people::Model { demo: self.file.is_demo, ..new_person(said, passwords, work) },
            Some(row) if ours.contains(&row.id) => told(said, passwords, row),
            Some(row) => {
                notes.extend(note(said, row));
                row.clone()
            }
        };
        let wanted = said.iter().map(|said| (said.login.to_owned(), said));
        let there = there.into_iter().map(|row| (row.login.clone(), row));
        let rows = Rows::match_up(ImportedKind::Person, there, wanted, make, |_| {});
        store::import::save::<people::Entity>(&work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.changed(ObjectKind::Person, row.id);
        }
        self.tallies.push(rows.tally);
        self.notes.extend(notes);
        Ok(rows.now)
    }

    async fn known(&self, people: &[people::Model]) -> Result<Known> {
        let (tx, project_id) = (&self.work.tx, self.project_id);
        let staff = store::import::load::<memberships::Entity>(tx, project_id).await?;
        let owners = store::import::load::<unit_owners::Entity>(tx, project_id).await?;
        let here: HashSet<Uuid> =
            staff.iter().map(|row| row.person_id).chain(owners.iter().map(|row| row.person_id)).collect();
        let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
        let elsewhere = store::import::elsewhere(tx, &ids, project_id).await?;
        let ours = people.iter().filter(|person| !person.administrator).map(|person| person.id);
        let ours = ours.filter(|id| here.contains(id) && !elsewhere.contains(id)).collect();
        Ok(Known { here, ours })
    }

    pub(super) async fn memberships(&mut self, companies: &Companies, people: &People) -> Result<()> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<memberships::Entity>(&work.tx, project_id).await?;
        let wanted = self.file.document.people.iter().filter_map(|entry| {
            let (person, company) = (people.get(&entry.login)?, companies.get(&entry.company)?);
            Some((person.id, (person.id, company.id, entry.role.as_str())))
        });
        let make = |(person_id, company_id, role): (Uuid, Uuid, &str), row: Option<&memberships::Model>| {
            let id = id_of(row.map(|row| row.id), work);
            // Whoever was shut out stays out until a person says otherwise.
            let active = row.is_none_or(|row| row.active);
            memberships::Model { id, project_id, person_id, company_id, role: role.to_owned(), active }
        };
        let there = there.into_iter().map(|row| (row.person_id, row));
        let mut rows = Rows::match_up(ImportedKind::Membership, there, wanted, make, |_| {});
        store::import::save::<memberships::Entity>(&work.tx, rows.to_write()).await?;
        let left: Vec<Uuid> = rows.left.iter().map(|row| row.person_id).collect();
        let logins: HashMap<Uuid, String> = store::import::logins(&work.tx, &left).await?.into_iter().collect();
        rows.leave(|row| logins.get(&row.person_id).cloned().unwrap_or_default());
        for person_id in &rows.written {
            self.changed(ObjectKind::Person, *person_id);
        }
        self.tallies.push(rows.tally);
        Ok(())
    }
}

/// Each login once; a person who is staff and owner is told of as staff.
fn said(document: &ImportDocument) -> Vec<Said<'_>> {
    let staff = document.people.iter().enumerate().map(|(index, person)| Said {
        path: format!("people[{index}]"),
        login: &person.login,
        name: &person.name,
        phone: person.phone.as_deref(),
        language: person.language.as_deref(),
    });
    let owners = document.owners.iter().enumerate().map(|(index, owner)| Said {
        path: format!("owners[{index}]"),
        login: &owner.login,
        name: &owner.name,
        phone: owner.phone.as_deref(),
        language: owner.language.as_deref(),
    });
    let mut seen = HashSet::new();
    staff.chain(owners).filter(|said| seen.insert(said.login)).collect()
}

/// A login and its password are good in all projects. So a delivery manager brings in nobody from outside the own
/// project, whose name and phone would be there to read, and sets no password, which whoever links the person to another
/// project later would take over unseen.
fn not_for_managers(
    said: &[Said<'_>],
    people: &[people::Model],
    here: &HashSet<Uuid>,
    passwords: &HashMap<String, String>,
) -> Result<()> {
    let strangers: HashSet<&str> =
        people.iter().filter(|person| !here.contains(&person.id)).map(|person| person.login.as_str()).collect();
    let problem = |said: &Said<'_>| {
        let (field, message) = if strangers.contains(said.login) {
            ("login", "this login is taken; only an administrator's import brings in a person from outside the project")
        } else if passwords.contains_key(said.login) {
            ("password", "only an administrator's import sets passwords; leave it out")
        } else {
            return None;
        };
        Some(Problem { path: format!("{}.{field}", said.path), message: message.to_owned() })
    };
    let problems: Vec<Problem> = said.iter().filter_map(problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
}

fn new_person(said: &Said<'_>, passwords: &HashMap<String, String>, work: &Work) -> people::Model {
    people::Model {
        id: work.new_id(),
        login: said.login.to_owned(),
        name: said.name.to_owned(),
        phone: said.phone.map(str::to_owned),
        password_hash: passwords.get(said.login).cloned(),
        language: said.language.unwrap_or(Language::En.as_str()).to_owned(),
        administrator: false,
        created_at: work.now.0,
        demo: false,
    }
}

/// What the file leaves out stays; a password is set only where there is none yet.
fn told(said: &Said<'_>, passwords: &HashMap<String, String>, row: &people::Model) -> people::Model {
    people::Model {
        name: said.name.to_owned(),
        phone: said.phone.map(str::to_owned).or_else(|| row.phone.clone()),
        language: said.language.unwrap_or(&row.language).to_owned(),
        password_hash: row.password_hash.clone().or_else(|| passwords.get(said.login).cloned()),
        ..row.clone()
    }
}

/// Tells the manager that a person stayed as they were.
fn note(said: &Said<'_>, row: &people::Model) -> Option<Problem> {
    let differs = said.name != row.name
        || said.phone.is_some_and(|phone| row.phone.as_deref() != Some(phone))
        || said.language.is_some_and(|language| row.language != language);
    let message = format!(
        "the login \"{}\" belongs to somebody who is known beyond this project; linked, but not changed",
        said.login
    );
    differs.then(|| Problem { path: said.path.clone(), message })
}
