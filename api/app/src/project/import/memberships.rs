//! Roles: an import gives roles to people who have none in the project, as far as the rule for inviting allows it. The
//! role or company of a person who is there changes by an administrator's import only, and by name in the report; who
//! was ended stays ended.

use std::collections::{HashMap, HashSet};

use domain::id::{CompanyId, PersonId};
use domain::import::{ImportedKind, PersonEntry, Problem};
use domain::lookalike::{PersonName, PersonNames};
use domain::membership::{Position, is_placeholder, permit_invite, permit_set, shown_login};
use domain::object_kind::ObjectKind;
use domain::words::Bilingual;
use domain::{Party, Role};
use store::entity::{companies, memberships, unit_owners};

use super::companies::Companies;
use super::people::People;
use super::refused;
use super::rows::Rows;
use super::write::{Import, Prepared};
use crate::error::Result;
use crate::people::NewMembership;
use crate::people::add::membership_row;
use crate::people::names::name_taken;
use crate::people::set::Wanted;

/// Why an import changes a role, for the event.
const REASON: &str = "project import / 项目导入";

/// An entry with what it refers to.
struct Entry<'a> {
    index: usize,
    entry: &'a PersonEntry,
    person_id: PersonId,
    wanted: Wanted,
}

/// The contractors and the other parties that already have their first person, by the rule of
/// [`crate::people::position`]. A new entry is another person than each placeholder, so all of them count.
#[derive(Default)]
struct Staffed {
    contractors: HashSet<CompanyId>,
    parties: HashSet<Party>,
}

impl Staffed {
    fn add(&mut self, company: &companies::Model) {
        if company.kind == Party::Contractor {
            self.contractors.insert(company.id);
        } else {
            self.parties.insert(company.kind);
        }
    }

    fn has(&self, company: &companies::Model) -> bool {
        self.contractors.contains(&company.id) || self.parties.contains(&company.kind)
    }
}

/// A role or company that differs from the file.
struct Difference<'a> {
    entry: Entry<'a>,
    row: memberships::Model,
}

impl<'a> Import<'a> {
    /// The logins of people without a role that may not get one by this import, each with a note. The first person of a
    /// company without people comes in, and from then on the company has people; the name of a person of another party
    /// is taken.
    pub(super) async fn not_invited(&mut self, companies: &Companies) -> Result<HashSet<&'a str>> {
        let file: &'a Prepared = self.file;
        if file.by_administrator {
            return Ok(HashSet::new());
        }
        let (mut staffed, mut names) = (self.staffed().await?, self.names_of_staff().await?);
        let there = self.logins_with_roles().await?;
        let mut excluded = HashSet::new();
        for (index, entry) in file.document.people.iter().enumerate().filter(|(_, entry)| !there.contains(&entry.login))
        {
            let Some(company) = companies.get(&entry.company) else { continue };
            let position = position(company, staffed.has(company), entry.role.parse()?);
            let permitted = permit_invite(self.caller, self.project_id, &position).and_then(|()| {
                let name = PersonName::new(&entry.name);
                let is_taken = names.reading_like(&name).any(|kind| kind != company.kind);
                names.add(&name, company.kind);
                if is_taken { Err(name_taken("name")) } else { Ok(()) }
            });
            match permitted {
                Ok(()) => staffed.add(company),
                Err(refusal) => {
                    let Bilingual { en, zh } = refusal.words();
                    self.notes.push(note(index, "login", (format!("ignored: {en}"), format!("已忽略：{zh}"))));
                    excluded.insert(entry.login.as_str());
                }
            }
        }
        Ok(excluded)
    }

    /// Which companies and parties of the project have people.
    async fn staffed(&self) -> Result<Staffed> {
        let all = store::import::load::<companies::Entity>(&self.work.tx, self.project_id).await?;
        let ids: Vec<CompanyId> = all.iter().map(|company| company.id).collect();
        let with_people = store::members::staffed(&self.work.tx, &ids, &[]).await?;
        let mut staffed = Staffed::default();
        for company in all.iter().filter(|company| with_people.contains(&company.id)) {
            staffed.add(company);
        }
        Ok(staffed)
    }

    /// The names of those who have a role in the project, with the kinds of their companies.
    async fn names_of_staff(&self) -> Result<PersonNames<Party>> {
        let mut names = PersonNames::default();
        for one in store::members::staff_names(&self.work.tx, &[self.project_id]).await? {
            names.add(&PersonName::new(&one.name), one.company_kind);
        }
        Ok(names)
    }

    /// The logins of those who have, or had, a role in the project. A placeholder's is not that of a person who came in
    /// as an owner: the file names the person then, who never had a role.
    async fn logins_with_roles(&self) -> Result<HashSet<String>> {
        let rows = store::import::load::<memberships::Entity>(&self.work.tx, self.project_id).await?;
        let ids: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let logins = store::import::logins(&self.work.tx, &ids).await?;
        let owners = store::import::load::<unit_owners::Entity>(&self.work.tx, self.project_id).await?;
        let owners: Vec<PersonId> = owners.iter().map(|row| row.person_id).collect();
        let owners: HashSet<String> =
            store::import::logins(&self.work.tx, &owners).await?.into_iter().map(|(_, login)| login).collect();
        let (placeholders, people): (Vec<String>, Vec<String>) =
            logins.into_iter().map(|(_, login)| login).partition(|login| is_placeholder(login));
        let placeholders = placeholders.iter().map(|login| shown_login(login)).filter(|login| !owners.contains(*login));
        Ok(placeholders.map(str::to_owned).chain(people).collect())
    }

    pub(super) async fn memberships(
        &mut self,
        companies: &Companies,
        people: &People,
        excluded: &HashSet<&str>,
    ) -> Result<()> {
        let there = store::import::load::<memberships::Entity>(&self.work.tx, self.project_id).await?;
        let (active, ended): (Vec<_>, Vec<_>) = there.into_iter().partition(|row| row.active);
        let ended: HashSet<PersonId> = ended.iter().map(|row| row.person_id).collect();
        let active: HashMap<PersonId, memberships::Model> =
            active.into_iter().map(|row| (row.person_id, row)).collect();
        let mut new = Vec::new();
        let mut differences = Vec::new();
        for entry in self.entries(companies, people)? {
            if excluded.contains(entry.entry.login.as_str()) {
                continue;
            }
            match active.get(&entry.person_id) {
                None if ended.contains(&entry.person_id) => {
                    let en = "ignored: this person's role was ended; invite the person";
                    self.notes.push(note(entry.index, "role", (en, "已忽略：此人的角色已终止；请邀请此人")));
                }
                Some(row) if !entry.wanted.is(row) => differences.push(Difference { entry, row: row.clone() }),
                Some(_) | None => new.push(entry),
            }
        }
        // Whose role stays as it is counts as unchanged.
        let unchanged = differences.iter().map(|difference| (difference.row.person_id, None));
        let wanted = new.iter().map(|entry| (entry.person_id, Some(&entry.wanted))).chain(unchanged);
        self.write_new(active.clone(), wanted.collect()).await?;
        self.change(differences, companies).await
    }

    fn entries(&self, companies: &Companies, people: &People) -> Result<Vec<Entry<'a>>> {
        let file: &'a Prepared = self.file;
        let found = file.document.people.iter().enumerate().filter_map(|(index, entry)| {
            let (person, company) = (people.get(&entry.login)?, companies.get(&entry.company)?);
            Some((index, entry, person.id, company.id))
        });
        found
            .map(|(index, entry, person_id, company_id)| {
                Ok(Entry { index, entry, person_id, wanted: Wanted { company_id, role: entry.role.parse()? } })
            })
            .collect()
    }

    async fn write_new(
        &mut self,
        active: HashMap<PersonId, memberships::Model>,
        wanted: Vec<(PersonId, Option<&Wanted>)>,
    ) -> Result<()> {
        let (project_id, caller, work) = (self.project_id, self.caller, &*self.work);
        let keyed = wanted.into_iter().map(|(person_id, wanted)| (person_id, (person_id, wanted)));
        let make =
            |(person_id, wanted): (PersonId, Option<&Wanted>), row: Option<&memberships::Model>| match (row, wanted) {
                (Some(row), _) => row.clone(),
                (None, wanted) => {
                    let (company_id, role) =
                        wanted.map_or((CompanyId::nil(), Role::Owner), |to| (to.company_id, to.role));
                    membership_row(work, caller, &NewMembership { project_id, person_id, company_id, role })
                }
            };
        let mut rows = Rows::match_up(ImportedKind::Membership, active, keyed, make, |_| {});
        store::import::save::<memberships::Entity>(&work.tx, rows.to_write()).await?;
        let left: Vec<PersonId> = rows.left.iter().map(|row| row.person_id).collect();
        let logins: HashMap<PersonId, String> = store::import::logins(&work.tx, &left).await?.into_iter().collect();
        rows.leave(|row| {
            let login = logins.get(&row.person_id).map_or("?", String::as_str);
            domain::membership::shown_login(login).to_owned()
        });
        for row in rows.to_write() {
            // The event of the import tells of the first people.
            if self.is_new {
                self.mark_changed(ObjectKind::Person, row.person_id);
            } else {
                self.work.add_membership_added_event(&row);
            }
        }
        self.tallies.push(rows.tally);
        Ok(())
    }

    /// Changes the roles and companies that differ, by an administrator's import; names each that it does not change.
    async fn change(&mut self, mut differences: Vec<Difference<'_>>, companies: &Companies) -> Result<()> {
        // New delivery managers first, so that the last one may give way to them.
        differences.sort_by_key(|difference| difference.entry.wanted.role != Role::DeliveryManager);
        for difference in differences {
            if !self.file.by_administrator {
                let en = "ignored: an import does not change the role or company of a person who is there";
                let message = (en, "已忽略：导入不更改已有人员的角色或单位");
                self.notes.push(note(difference.entry.index, "role", message));
                continue;
            }
            self.change_one(difference, companies).await?;
        }
        Ok(())
    }

    async fn change_one(&mut self, difference: Difference<'_>, companies: &Companies) -> Result<()> {
        let Difference { entry, row } = difference;
        let by_id = |id: CompanyId| companies.values().find(|company| company.id == id);
        let held = crate::people::position::held_position(&self.work.tx, &row).await?;
        let company = by_id(entry.wanted.company_id).ok_or_else(|| crate::Error::not_found("company"))?;
        let position = position(company, true, entry.wanted.role);
        if let Err(refusal) = permit_set(self.caller, &held, &position) {
            return Err(refused(vec![note(entry.index, "role", refusal.words())]));
        }
        let code = |id: CompanyId| by_id(id).map_or("?", |company| company.code.as_str());
        let (old_role, old_company) = (row.role, code(row.company_id));
        let (new_role, new_company) = (&entry.entry.role, &entry.entry.company);
        let en = format!("changed from {old_role} of {old_company} to {new_role} of {new_company}");
        let zh = format!("已由 {old_company} 的 {old_role} 改为 {new_company} 的 {new_role}");
        self.notes.push(note(entry.index, "role", (en, zh)));
        let now = self.work.replace_membership(self.caller, row, &entry.wanted, REASON).await?;
        self.changed_roles.push(now);
        if let Some(tally) = self.tallies.iter_mut().find(|tally| tally.kind == ImportedKind::Membership) {
            tally.unchanged -= 1;
            tally.updated += 1;
        }
        Ok(())
    }
}

fn position(company: &companies::Model, company_is_staffed: bool, role: Role) -> Position {
    Position::Member { company_id: company.id, company_kind: company.kind, company_is_staffed, role }
}

fn note(index: usize, field: &str, message: impl Into<Bilingual>) -> Problem {
    Problem::new(format!("people[{index}].{field}"), message)
}
