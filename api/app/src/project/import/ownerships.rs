//! Who owns which unit. An import enters owners; one who was ended stays ended, and the kind of an ownership changes by
//! an administrator's import only.

use std::collections::{HashMap, HashSet};

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{PersonId, UnitId};
use domain::import::{ImportedKind, Problem};
use domain::object_kind::ObjectKind;
use domain::unit::OwnerKind;
use domain::words::Bilingual;
use serde_json::json;
use store::entity::unit_owners;

use super::people::People;
use super::rows::Rows;
use super::units::Units;
use super::write::Import;
use crate::error::Result;
use crate::people::NewOwnership;
use crate::people::add::ownership_row;
use crate::unit_of_work::NewEvent;

/// An entry with what it refers to: (unit, person).
type Key = (UnitId, PersonId);

impl Import<'_> {
    pub(super) async fn ownerships(&mut self, units: &Units, people: &People) -> Result<()> {
        let there = store::import::load::<unit_owners::Entity>(&self.work.tx, self.project_id).await?;
        let (active, ended): (Vec<_>, Vec<_>) = there.into_iter().partition(|row| row.active);
        let ended: HashSet<Key> = ended.iter().map(|row| (row.unit_id, row.person_id)).collect();
        let active: HashMap<Key, unit_owners::Model> =
            active.into_iter().map(|row| ((row.unit_id, row.person_id), row)).collect();
        let mut wanted = Vec::new();
        for (path, key, kind) in self.owned(units, people)? {
            match active.get(&key) {
                None if ended.contains(&key) => {
                    let en = "ignored: this ownership was ended; enter it anew by hand";
                    self.notes.push(Problem::new(path, (en, "已忽略：该业主身份已终止；请手工重新登记")));
                }
                None if self.caller.person_id == key.1 => {
                    let en = "ignored: nobody enters oneself as an owner";
                    self.notes.push(Problem::new(path, (en, "已忽略：不能将自己登记为业主")));
                }
                row => {
                    if let Some(row) = row.filter(|row| row.kind != kind) {
                        self.notes.push(kind_note(path, row, kind, self.file.by_administrator));
                    }
                    wanted.push((key, kind));
                }
            }
        }
        self.write_ownerships(units, active, wanted).await
    }

    /// The entries of the file, each with its place.
    fn owned(&self, units: &Units, people: &People) -> Result<Vec<(String, Key, OwnerKind)>> {
        let mut found = Vec::new();
        for (n, owner) in self.file.document.owners.iter().enumerate() {
            for (m, owned) in owner.units.iter().enumerate() {
                let (Some(person), Some((_, unit))) = (people.get(&owner.login), units.get(&owned.unit)) else {
                    continue;
                };
                let kind = owned.kind.as_deref().map_or(Ok(OwnerKind::Owner), str::parse)?;
                found.push((format!("owners[{n}].units[{m}].kind"), (unit.id, person.id), kind));
            }
        }
        Ok(found)
    }

    async fn write_ownerships(
        &mut self,
        units: &Units,
        active: HashMap<Key, unit_owners::Model>,
        wanted: Vec<(Key, OwnerKind)>,
    ) -> Result<()> {
        let (project_id, caller, work) = (self.project_id, self.caller, &*self.work);
        let by_administrator = self.file.by_administrator;
        let make = |((unit_id, person_id), kind): (Key, OwnerKind), row: Option<&unit_owners::Model>| match row {
            Some(row) if by_administrator => unit_owners::Model { kind, ..row.clone() },
            Some(row) => row.clone(),
            None => {
                let new = NewOwnership { id: None, project_id, unit_id, person_id, kind, from: None, until: None };
                ownership_row(work, caller, &new, Default::default())
            }
        };
        let before = active.clone();
        let keyed = wanted.into_iter().map(|wanted| (wanted.0, wanted));
        let mut rows = Rows::match_up(ImportedKind::Ownership, active, keyed, make, |_| {});
        store::import::save::<unit_owners::Entity>(&work.tx, rows.to_write()).await?;
        let left: Vec<PersonId> = rows.left.iter().map(|row| row.person_id).collect();
        let logins: HashMap<PersonId, String> = store::import::logins(&work.tx, &left).await?.into_iter().collect();
        let codes: HashMap<UnitId, &str> = units.values().map(|(_, row)| (row.id, row.code.as_str())).collect();
        rows.leave(|row| {
            let unit = codes.get(&row.unit_id).copied().unwrap_or("?");
            let login = logins.get(&row.person_id).map_or("?", |login| domain::membership::shown_login(login));
            format!("{unit}/{login}")
        });
        for row in rows.to_write() {
            self.add_ownership_event(before.get(&(row.unit_id, row.person_id)), &row);
        }
        self.tallies.push(rows.tally);
        Ok(())
    }

    /// The event of the import tells of a new project's owners.
    fn add_ownership_event(&mut self, before: Option<&unit_owners::Model>, row: &unit_owners::Model) {
        match before {
            None if self.is_new => self.mark_changed(ObjectKind::Unit, row.unit_id),
            None => self.work.add_ownership_added_event(row),
            Some(before) => {
                let data = json!({
                    "ownershipId": row.id,
                    "personId": row.person_id,
                    "kind": { "from": before.kind, "to": row.kind },
                });
                let changed = NewEvent::new(EventName::OwnershipChanged, ObjectKind::Unit, row.unit_id, self.work.now);
                let changed = NewEvent { unit_id: Some(row.unit_id), data, ..changed };
                self.work.add_event_for(ChangeAudience::OwnerData, changed);
            }
        }
    }
}

fn kind_note(path: String, row: &unit_owners::Model, kind: OwnerKind, done: bool) -> Problem {
    let message: Bilingual = if done {
        let from = &row.kind;
        (format!("changed from {from} to {kind}"), format!("已由 {from} 改为 {kind}")).into()
    } else {
        let en = "ignored: only an administrator's import changes the kind of an ownership";
        (en, "已忽略：只有管理员的导入可以更改业主身份的类别").into()
    };
    Problem::new(path, message)
}
