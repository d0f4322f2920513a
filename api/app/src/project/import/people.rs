//! People: who they are. A login is one person over all projects.
//!
//! A person who is there is changed by an administrator's import only, and only a person who belongs to this project
//! alone; the report names each change. A delivery manager's import knows people of the own project only: for every
//! other login it makes a placeholder, whether the login exists elsewhere or not, so that the answer never tells.

use std::collections::{HashMap, HashSet};

use domain::Language;
use domain::event::{Audience, EventName};
use domain::id::PersonId;
use domain::import::{ImportDocument, ImportedKind, Problem};
use domain::membership::placeholder_login;
use domain::message::address;
use domain::object_kind::ObjectKind;
use domain::words::{Bilingual, Phrase};
use serde_json::json;
use store::entity::{memberships, people, unit_owners};

use super::refused;
use super::rows::Rows;
use super::write::Import;
use crate::error::Result;
use crate::people::update::changes;
use crate::unit_of_work::NewEvent;

/// People by the login of the file.
pub(super) type People = HashMap<String, people::Model>;

/// What the file says of a person, staff or owner.
pub(super) struct Stated<'a> {
    pub(super) path: String,
    pub(super) login: &'a str,
    name: &'a str,
    phone: Option<&'a str>,
    email: Option<String>,
    language: Option<Language>,
    password: bool,
}

/// The people who exist already.
struct Known {
    /// Those who have, or had, a position in this project.
    here: HashSet<PersonId>,
    /// Those who belong to this project and to no other, administrators apart.
    ours: HashSet<PersonId>,
}

impl Import<'_> {
    pub(super) async fn people(&mut self, excluded: &HashSet<&str>) -> Result<People> {
        let mut said = stated(&self.file.document)?;
        // Who may not get a role comes in as an owner all the same.
        let owners: HashSet<&str> = self.file.document.owners.iter().map(|owner| owner.login.as_str()).collect();
        said.retain(|said| !excluded.contains(said.login) || owners.contains(said.login));
        let (there, arrivals) = self.people_there(&said).await?;
        let rows: Vec<people::Model> = there.values().cloned().collect();
        let ours = self.known(&rows).await?.ours;
        self.check_passwords(&said, &there)?;
        let mut updates = Vec::new();
        let mut notes = Vec::new();
        let make = |said: &Stated<'_>, row: Option<&people::Model>| match row {
            None => self.new_person(said),
            Some(row) => {
                let after = self.with_updates(said, row, ours.contains(&row.id));
                notes.extend(self.notes_on(said, row, &after));
                if is_other(row, &after) {
                    updates.push((row.clone(), after.clone()));
                }
                after
            }
        };
        let wanted = said.iter().map(|said| (said.login.to_owned(), said));
        let rows = Rows::match_up(ImportedKind::Person, there, wanted, make, |_| {});
        store::import::save::<people::Entity>(&self.work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.mark_changed(ObjectKind::Person, row.id);
        }
        for (before, after) in updates {
            self.changed_people.push(after.id);
            self.add_update_event(&before, &after);
        }
        self.tallies.push(rows.tally);
        self.notes.extend(notes);
        self.arrivals = arrivals;
        Ok(rows.now)
    }

    /// The stored people of the file's logins, by login; a placeholder of this project where the login's person is not
    /// of it.
    async fn people_there(&self, said: &[Stated<'_>]) -> Result<(HashMap<String, people::Model>, Vec<PersonId>)> {
        let (tx, project_id) = (&self.work.tx, self.project_id);
        let mut there = HashMap::new();
        let placeholders: Vec<String> = said.iter().map(|said| placeholder_login(said.login, project_id)).collect();
        let stored: Vec<&str> = placeholders.iter().map(String::as_str).collect();
        for row in store::import::people_by_login(tx, &stored).await? {
            there.insert(domain::membership::shown_login(&row.login).to_owned(), row);
        }
        let logins: Vec<&str> = said.iter().map(|said| said.login).collect();
        let real = store::import::people_by_login(tx, &logins).await?;
        let here = self.known(&real).await?.here;
        // A delivery manager's import does not look at people of elsewhere.
        let counts = |row: &people::Model| self.file.by_administrator || here.contains(&row.id);
        let mut arrivals = Vec::new();
        for row in real.into_iter().filter(counts) {
            let person_id = row.id;
            if there.insert(row.login.clone(), row).is_some() {
                arrivals.push(person_id);
            }
        }
        Ok((there, arrivals))
    }

    async fn known(&self, people: &[people::Model]) -> Result<Known> {
        let (tx, project_id) = (&self.work.tx, self.project_id);
        let staff = store::import::load::<memberships::Entity>(tx, project_id).await?;
        let owners = store::import::load::<unit_owners::Entity>(tx, project_id).await?;
        let here: HashSet<PersonId> =
            staff.iter().map(|row| row.person_id).chain(owners.iter().map(|row| row.person_id)).collect();
        let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        let elsewhere = store::import::elsewhere(tx, &ids, project_id).await?;
        let ours = people.iter().filter(|person| !person.administrator).map(|person| person.id);
        let ours = ours.filter(|id| here.contains(id) && !elsewhere.contains(id)).collect();
        Ok(Known { here, ours })
    }

    /// A login and its password are good in all projects: only an administrator sets one. The answer depends on people
    /// of this project alone.
    fn check_passwords(&self, said: &[Stated<'_>], there: &HashMap<String, people::Model>) -> Result<()> {
        if self.file.by_administrator {
            return Ok(());
        }
        let new = said.iter().filter(|said| said.password && !there.contains_key(said.login));
        let problems: Vec<Problem> = new
            .map(|said| {
                let en = "only an administrator's import sets passwords; leave it out";
                Problem::new(format!("{}.password", said.path), (en, "只有管理员的导入可以设置密码；请删去此项"))
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
    }

    fn new_person(&self, said: &Stated<'_>) -> people::Model {
        let login = if self.file.by_administrator {
            said.login.to_owned()
        } else {
            placeholder_login(said.login, self.project_id)
        };
        people::Model {
            id: self.work.new_id(),
            login,
            name: said.name.to_owned(),
            phone: said.phone.map(str::to_owned),
            password_hash: self.file.passwords.get(said.login).cloned(),
            language: said.language.unwrap_or(Language::En),
            administrator: false,
            created_at: self.work.now.0,
            demo: self.file.is_demo,
            email: said.email.clone(),
        }
    }

    /// The person as the file wants it, as far as the import may change it. Fields that the file leaves out stay; a
    /// password is set only where there is none yet; a placeholder becomes the login's person.
    fn with_updates(&self, said: &Stated<'_>, row: &people::Model, ours: bool) -> people::Model {
        if !self.file.by_administrator {
            return row.clone();
        }
        let mut after = people::Model { login: said.login.to_owned(), ..row.clone() };
        if ours {
            after.name = said.name.to_owned();
            after.phone = said.phone.map(str::to_owned).or(after.phone);
            after.email = said.email.clone().or(after.email);
            after.language = said.language.unwrap_or(after.language);
            after.password_hash = after.password_hash.or_else(|| self.file.passwords.get(said.login).cloned());
        }
        after
    }

    /// Names the changed and the unchanged fields of an existing person.
    fn notes_on(&self, said: &Stated<'_>, row: &people::Model, after: &people::Model) -> Vec<Problem> {
        let mut notes = Vec::new();
        let mut note = |field: &str, message: Bilingual| {
            notes.push(Problem::new(format!("{}.{field}", said.path), message));
        };
        let why = if self.file.by_administrator { KNOWN_BEYOND } else { NO_CHANGES };
        if said.name != row.name {
            let (from, to) = (&row.name, said.name);
            let done = (format!("changed from \"{from}\" to \"{to}\""), format!("已由“{from}”改为“{to}”"));
            note("name", if after.name == said.name { done.into() } else { why.into() });
        }
        if said.phone.is_some_and(|phone| row.phone.as_deref() != Some(phone)) {
            let done = after.phone.as_deref() == said.phone;
            note("phone", if done { ("changed", "已更改") } else { why }.into());
        }
        if said.email.is_some() && row.email != said.email {
            let done = after.email == said.email;
            note("email", if done { ("changed", "已更改") } else { why }.into());
        }
        if let Some(language) = said.language.filter(|language| row.language != *language) {
            let from = row.language;
            let done = (format!("changed from {from} to {language}"), format!("已由 {from} 改为 {language}"));
            note("language", if after.language == language { done.into() } else { why.into() });
        }
        if said.password && after.password_hash == row.password_hash {
            let why = if row.password_hash.is_some() { HAS_PASSWORD } else { why };
            note("password", if self.file.by_administrator { why } else { NO_PASSWORDS }.into());
        }
        notes
    }

    fn add_update_event(&mut self, before: &people::Model, after: &people::Model) {
        let data = json!(changes(before, after));
        let updated = NewEvent::new(EventName::PersonUpdated, ObjectKind::Person, after.id, self.work.now);
        // The person may be an owner, whose name not all staff may read.
        self.work.add_event(NewEvent { visible_to: Audience::OwnerData, data, ..updated });
    }
}

/// What a delivery manager reads of each password in the file.
const NO_PASSWORDS: Phrase =
    ("ignored: only an administrator's import sets passwords", "已忽略：只有管理员的导入可以设置密码");
/// What a delivery manager reads of each other difference.
const NO_CHANGES: Phrase = (
    "ignored: only an administrator's import changes people who are there",
    "已忽略：只有管理员的导入可以更改已有人员",
);
/// What an administrator reads of a person of several projects.
const KNOWN_BEYOND: Phrase = ("ignored: this person is known beyond this project", "已忽略：此人不只属于本项目");
/// What an administrator reads of a second password.
const HAS_PASSWORD: Phrase = ("ignored: this person has a password already", "已忽略：此人已有密码");

fn is_other(before: &people::Model, after: &people::Model) -> bool {
    let compared = |row: &people::Model| (row.name.clone(), row.phone.clone(), row.email.clone(), row.language);
    compared(before) != compared(after)
}

/// Each login once; a person who is staff and owner is listed as staff.
fn stated(document: &ImportDocument) -> Result<Vec<Stated<'_>>> {
    let staff = document.people.iter().enumerate().map(|(index, person)| {
        Ok(Stated {
            path: format!("people[{index}]"),
            login: &person.login,
            name: &person.name,
            phone: person.phone.as_deref(),
            email: person.email.as_deref().and_then(address::email),
            language: person.language.as_deref().map(str::parse).transpose()?,
            password: person.password.is_some(),
        })
    });
    let owners = document.owners.iter().enumerate().map(|(index, owner)| {
        Ok(Stated {
            path: format!("owners[{index}]"),
            login: &owner.login,
            name: &owner.name,
            phone: owner.phone.as_deref(),
            email: owner.email.as_deref().and_then(address::email),
            language: owner.language.as_deref().map(str::parse).transpose()?,
            password: owner.password.is_some(),
        })
    });
    let mut seen = HashSet::new();
    let mut said = staff.chain(owners).collect::<Result<Vec<_>>>()?;
    said.retain(|said| seen.insert(said.login));
    Ok(said)
}
