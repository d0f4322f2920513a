//! Companies. No two of a project get names that read the same, also by letters of the same shape. Another company's name is changed by an administrator's
//! import only, and by name in the report; the kind of a company that has had people is never changed, because their
//! roles and records depend on it. Another company of a party that checks the work of others comes by an
//! administrator's import only.

use std::collections::{HashMap, HashSet};

use domain::Party;
use domain::event::EventName;
use domain::id::CompanyId;
use domain::import::phrases::{COMPANY, quoted};
use domain::import::{CompanyEntry, ImportedKind, Problem};
use domain::lookalike::{NameKey, company_name_keys};
use domain::object_kind::ObjectKind;
use domain::words::Bilingual;
use serde_json::{Value, json};
use store::entity::{companies, memberships};

use super::lookalikes::check_lookalikes;
use super::refused;
use super::rows::Rows;
use super::write::{Import, id_of};
use crate::error::Result;
use crate::unit_of_work::NewEvent;

/// Companies by code.
pub(super) type Companies = HashMap<String, companies::Model>;

impl Import<'_> {
    pub(super) async fn companies(&mut self) -> Result<Companies> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<companies::Entity>(&work.tx, project_id).await?;
        let codes: Vec<&str> = there.iter().map(|row| row.code.as_str()).collect();
        check_lookalikes(
            COMPANY,
            "companies",
            &codes,
            self.file.document.companies.iter().map(|entry| entry.code.as_str()),
        )?;
        let staff = store::import::load::<memberships::Entity>(&work.tx, project_id).await?;
        let with_people: HashSet<CompanyId> = staff.iter().map(|row| row.company_id).collect();
        self.check_kinds(&there, &with_people)?;
        self.check_parties(&there, &staff)?;
        let mut notes = Vec::new();
        let mut renamed = Vec::new();
        let wanted = self.file.document.companies.iter().enumerate();
        let wanted = wanted.map(|(index, entry)| Ok((entry.code.clone(), (index, entry, entry.kind.parse()?))));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        let make = |(index, entry, kind): (usize, &CompanyEntry, Party), row: Option<&companies::Model>| {
            let kept = row.filter(|row| row.name != entry.name && !self.may_rename(row, &with_people));
            if let Some(row) = row.filter(|row| row.name != entry.name) {
                notes.push(name_note(index, row, entry, kept.is_none()));
                if kept.is_none() {
                    renamed.push((row.id, json!({ "name": { "from": row.name, "to": entry.name } })));
                }
            }
            companies::Model {
                id: id_of(row.map(|row| row.id), work),
                project_id,
                code: entry.code.clone(),
                name: kept.map_or(&entry.name, |row| &row.name).clone(),
                kind,
                version: row.map_or(1, |row| row.version),
            }
        };
        let by_code = there.iter().map(|row| (row.code.clone(), row.clone()));
        let mut rows = Rows::match_up(ImportedKind::Company, by_code, wanted, make, |row| row.version += 1);
        self.check_names(&there, &rows)?;
        store::import::save::<companies::Entity>(&work.tx, rows.to_write()).await?;
        self.add_company_event(rows.to_write(), renamed);
        rows.leave(|row| row.code.clone());
        self.tallies.push(rows.tally);
        self.notes.extend(notes);
        Ok(rows.now)
    }

    /// No company gets a name that reads the same as another one's: on a record people would take one for the other.
    /// Names that are there stay as they are.
    fn check_names(&self, there: &[companies::Model], rows: &Rows<String, companies::Model>) -> Result<()> {
        let stays = |row: &&companies::Model| there.iter().any(|old| old.id == row.id && old.name == row.name);
        let all = rows.now.values().chain(&rows.left);
        let keys = |row: &companies::Model| company_name_keys(&row.name);
        let mut by_name: HashMap<NameKey, &str> =
            all.filter(stays).flat_map(|row| keys(row).map(|key| (key, row.code.as_str()))).collect();
        let mut problems = Vec::new();
        for (index, entry) in self.file.document.companies.iter().enumerate() {
            let Some(row) = rows.now.get(&entry.code).filter(|row| !stays(row)) else { continue };
            let twins = keys(row).map(|key| by_name.insert(key, &row.code));
            if let Some(twin) = twins.into_iter().flatten().next() {
                let twin = quoted(twin);
                let en = format!("reads the same as the name of {}; each company needs a name of its own", twin.en);
                let zh = format!("与{}的名称看起来相同；每个单位须有不同的名称", twin.zh);
                problems.push(Problem::new(format!("companies[{index}].name"), (en, zh)));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
    }

    fn add_company_event(&mut self, written: Vec<companies::Model>, renamed: Vec<(CompanyId, Value)>) {
        for row in written {
            self.mark_changed(ObjectKind::Company, row.id);
        }
        for (id, data) in renamed {
            let updated = NewEvent::new(EventName::CompanyUpdated, ObjectKind::Company, id, self.work.now);
            self.work.add_event(NewEvent { data, ..updated });
        }
    }

    /// A delivery manager renames the own company, and those that have never had people.
    fn may_rename(&self, company: &companies::Model, with_people: &HashSet<CompanyId>) -> bool {
        let own = self.caller.actor_in(self.project_id).and_then(|actor| actor.company_id());
        self.file.by_administrator || own == Some(company.id) || !with_people.contains(&company.id)
    }

    fn check_kinds(&self, there: &[companies::Model], with_people: &HashSet<CompanyId>) -> Result<()> {
        let fixed: HashMap<&str, Party> =
            there.iter().filter(|row| with_people.contains(&row.id)).map(|row| (row.code.as_str(), row.kind)).collect();
        let problem = |(index, entry): (usize, &CompanyEntry)| {
            let kind = fixed.get(entry.code.as_str()).filter(|kind| kind.as_str() != entry.kind)?;
            let code = &entry.code;
            let en = format!("\"{code}\" is a {kind} and has people; its kind does not change any more");
            let zh = format!("“{code}”是 {kind}，且已有人员；类别不能再改");
            Some(Problem::new(format!("companies[{index}].kind"), (en, zh)))
        };
        let problems: Vec<Problem> = self.file.document.companies.iter().enumerate().filter_map(problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
    }
}

impl Import<'_> {
    /// A delivery manager's import adds no second developer, supervisor or property service beside one that has people:
    /// the delivery manager names the first person of a new company, who would check the own work. Contractors check
    /// nothing.
    fn check_parties(&self, there: &[companies::Model], staff: &[memberships::Model]) -> Result<()> {
        if self.file.by_administrator {
            return Ok(());
        }
        let staffed: HashSet<CompanyId> = staff.iter().filter(|row| row.active).map(|row| row.company_id).collect();
        let kinds: HashMap<&str, Party> = there.iter().map(|row| (row.code.as_str(), row.kind)).collect();
        let problem = |(index, entry): (usize, &CompanyEntry)| {
            let (code, kind) = (entry.code.as_str(), entry.kind.parse().ok()?);
            if kind == Party::Contractor || kinds.get(code) == Some(&kind) {
                return None;
            }
            let others = there.iter().filter(|row| row.kind == kind && staffed.contains(&row.id));
            let other = others.map(|row| row.code.as_str()).min()?;
            let en =
                format!("\"{other}\" is the {kind} and has people; only an administrator's import adds another one");
            let zh = format!("“{other}”已是 {kind} 且有人员；只有管理员的导入可以添加另一个");
            Some(Problem::new(format!("companies[{index}].kind"), (en, zh)))
        };
        let problems: Vec<Problem> = self.file.document.companies.iter().enumerate().filter_map(problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
    }
}

fn name_note(index: usize, row: &companies::Model, entry: &CompanyEntry, done: bool) -> Problem {
    let message: Bilingual = if done {
        let (from, to) = (&row.name, &entry.name);
        (format!("changed from \"{from}\" to \"{to}\""), format!("已由“{from}”改为“{to}”")).into()
    } else {
        let en = "ignored: only an administrator's import renames another company";
        (en, "已忽略：只有管理员的导入可以更改其他单位的名称").into()
    };
    Problem::new(format!("companies[{index}].name"), message)
}
