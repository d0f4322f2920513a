//! Checklists: a changed one gets a new version, because rounds hold on to the one that they began with.

use std::collections::HashMap;

use domain::id::{ChecklistId, ChecklistVersionId};
use domain::import::{ChecklistEntry, ImportedKind, ItemEntry};
use domain::object_kind::ObjectKind;
use store::entity::{checklist_items, checklist_versions, checklists};

use super::report::Tally;
use super::write::{Import, sort_of};
use crate::error::Result;

/// What must be written.
#[derive(Default)]
struct Writes {
    checklists: Vec<checklists::Model>,
    versions: Vec<checklist_versions::Model>,
    items: Vec<checklist_items::Model>,
}

impl Import<'_> {
    pub(super) async fn checklists(&mut self) -> Result<()> {
        let (tx, project_id) = (&self.work.tx, self.project_id);
        let mut there: HashMap<String, checklists::Model> = HashMap::new();
        for row in store::import::load::<checklists::Entity>(tx, project_id).await? {
            there.entry(row.name.clone()).or_insert(row);
        }
        let newest = newest(store::import::load::<checklist_versions::Entity>(tx, project_id).await?);
        let ids: Vec<ChecklistVersionId> = newest.values().map(|version| version.id).collect();
        let mut items: HashMap<ChecklistVersionId, Vec<checklist_items::Model>> = HashMap::new();
        for row in store::import::items_of(tx, &ids).await? {
            items.entry(row.checklist_version_id).or_default().push(row);
        }
        let mut tally = Tally::new(ImportedKind::Checklist);
        let mut writes = Writes::default();
        for entry in &self.file.document.checklists {
            let row = there.remove(&entry.name);
            let version = row.as_ref().and_then(|row| newest.get(&row.id));
            let same = version
                .is_some_and(|version| is_same_checklist(entry, items.get(&version.id).map_or(&[], Vec::as_slice)));
            match (&row, same) {
                (Some(_), true) => tally.unchanged += 1,
                (Some(_), false) => tally.updated += 1,
                (None, _) => tally.created += 1,
            }
            if !same {
                self.write_checklist(entry, row, version.map_or(0, |version| version.number), &mut writes);
            }
        }
        let mut left: Vec<String> = there.into_keys().collect();
        left.sort_unstable();
        left.into_iter().for_each(|name| tally.leave(name));
        self.tallies.push(tally);
        self.save_checklists(writes).await
    }

    fn write_checklist(
        &self,
        entry: &ChecklistEntry,
        row: Option<checklists::Model>,
        before: i32,
        writes: &mut Writes,
    ) {
        let (project_id, work) = (self.project_id, &*self.work);
        let created_at = work.now.0;
        let row = match row {
            Some(row) => checklists::Model { version: row.version + 1, ..row },
            None => {
                checklists::Model { id: work.new_id(), project_id, name: entry.name.clone(), version: 1, created_at }
            }
        };
        let version = checklist_versions::Model {
            id: work.new_id(),
            project_id,
            checklist_id: row.id,
            number: before + 1,
            frozen_at: None,
            created_at,
        };
        let items = entry.items.iter().enumerate().map(|(index, item)| checklist_items::Model {
            id: work.new_id(),
            project_id,
            checklist_version_id: version.id,
            code: item.code.clone(),
            room_type: item.room_type.clone(),
            part: item.part.clone(),
            zh: item.zh.clone(),
            en: item.en.clone(),
            mandatory: item.mandatory,
            measurement_code: item.measurement.clone(),
            sort: sort_of(index),
        });
        writes.items.extend(items);
        writes.versions.push(version);
        writes.checklists.push(row);
    }

    async fn save_checklists(&mut self, writes: Writes) -> Result<()> {
        let changed: Vec<ChecklistId> = writes.checklists.iter().map(|row| row.id).collect();
        let tx = &self.work.tx;
        store::import::save::<checklists::Entity>(tx, writes.checklists).await?;
        store::import::save::<checklist_versions::Entity>(tx, writes.versions).await?;
        store::import::save::<checklist_items::Entity>(tx, writes.items).await?;
        for id in changed {
            self.mark_changed(ObjectKind::Checklist, id);
        }
        Ok(())
    }
}

/// The newest version of each checklist.
fn newest(versions: Vec<checklist_versions::Model>) -> HashMap<ChecklistId, checklist_versions::Model> {
    let mut newest: HashMap<ChecklistId, checklist_versions::Model> = HashMap::new();
    for version in versions {
        match newest.get(&version.checklist_id) {
            Some(known) if known.number > version.number => {}
            _ => {
                newest.insert(version.checklist_id, version);
            }
        }
    }
    newest
}

/// Whether a version has exactly the file's items in the file's order.
fn is_same_checklist(entry: &ChecklistEntry, rows: &[checklist_items::Model]) -> bool {
    let mut rows: Vec<&checklist_items::Model> = rows.iter().collect();
    rows.sort_by_key(|row| row.sort);
    rows.len() == entry.items.len() && rows.iter().zip(&entry.items).all(|(row, item)| same_item(row, item))
}

fn same_item(row: &checklist_items::Model, item: &ItemEntry) -> bool {
    row.code == item.code
        && row.room_type == item.room_type
        && row.part == item.part
        && row.zh == item.zh
        && row.en == item.en
        && row.mandatory == item.mandatory
        && row.measurement_code == item.measurement
}
