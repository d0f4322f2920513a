//! The one transaction of an import.

use std::collections::HashMap;

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{Id, PersonId, ProjectId};
use domain::import::{ImportDocument, ImportedKind, Problem, ProjectEntry};
use domain::object_kind::ObjectKind;
use domain::taxonomy::Taxonomy;
use domain::{Caller, Policy};
use serde_json::{Map, Value};
use store::entity::{memberships, projects};
use uuid::Uuid;

use super::pictures::StoredPicture;
use super::report::{ImportReport, Tally};
use crate::error::{Error, Result};
use crate::people::audit;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Everything that was prepared outside the transaction.
pub(super) struct Prepared {
    pub(super) document: ImportDocument,
    pub(super) taxonomy: Taxonomy,
    pub(super) pictures: Vec<StoredPicture>,
    pub(super) passwords: HashMap<String, String>,
    pub(super) new_project_id: ProjectId,
    /// Whether an administrator imports, who may set passwords, change people and bring in people of other projects.
    pub(super) by_administrator: bool,
    /// Whether this seeds the demo: then the project and new people are the demo's.
    pub(super) is_demo: bool,
}

/// An import being written.
pub(super) struct Import<'a> {
    pub(super) work: &'a mut UnitOfWork,
    pub(super) caller: &'a Caller,
    pub(super) project_id: ProjectId,
    /// Whether this import makes the project.
    pub(super) is_new: bool,
    pub(super) file: &'a Prepared,
    /// People of other projects who join and have a placeholder.
    pub(super) arrivals: Vec<PersonId>,
    pub(super) tallies: Vec<Tally>,
    pub(super) notes: Vec<Problem>,
    /// Whose role or company is another one, for the log.
    pub(super) changed_roles: Vec<memberships::Model>,
    /// Whose name, phone or language is another one, for the log.
    pub(super) changed_people: Vec<PersonId>,
}

impl Prepared {
    /// Writes and commits.
    pub(super) async fn write(self, mut work: UnitOfWork, caller: &Caller) -> Result<ImportReport> {
        let (project, tally, audience) = self.project(&mut work).await?;
        if work.act_in_project(caller, project.id).is_err() {
            // An administrator may have no role in the project.
            work.act_as_system(project.id);
        }
        let mut import = Import {
            caller,
            project_id: project.id,
            is_new: tally.created > 0,
            file: &self,
            arrivals: Vec::new(),
            work: &mut work,
            tallies: vec![tally],
            notes: Vec::new(),
            changed_roles: Vec::new(),
            changed_people: Vec::new(),
        };
        import.write_all().await?;
        let (changed_roles, changed_people) = (import.changed_roles, import.changed_people);
        let (tallies, notes) = (import.tallies, import.notes);
        let report = ImportReport { project_id: project.id, project_code: project.code, tallies, notes };
        let words = report.tally(ImportedKind::Term).is_some_and(|tally| tally.created + tally.updated > 0);
        // The project shows its words to everybody.
        let audience = if words { ChangeAudience::Everybody } else { audience };
        let imported = NewEvent::new(EventName::ProjectImported, ObjectKind::Project, project.id, work.now);
        work.add_event_for(audience, NewEvent { data: report.summary(), ..imported });
        work.commit().await?;
        for row in &changed_roles {
            audit::role_changed_by_import(caller, row);
        }
        for person_id in changed_people {
            audit::person_updated_by_import(caller, report.project_id, person_id);
        }
        Ok(report)
    }

    /// The project's own row, and the audience of its change: owners see neither the policy nor the other parts of the
    /// file.
    async fn project(&self, work: &mut UnitOfWork) -> Result<(projects::Model, Tally, ChangeAudience)> {
        let entry = &self.document.project;
        let mut tally = Tally::new(ImportedKind::Project);
        let mut held = store::import::find_project_for_update(&work.tx, &entry.code).await?;
        if held.is_none() {
            let row = self.new_project(work)?;
            if store::import::create_project(&work.tx, row.clone()).await? {
                if self.is_demo {
                    store::demo::mark_as_demo(&work.tx, row.id).await?;
                }
                tally.created = 1;
                return Ok((row, tally, ChangeAudience::Everybody));
            }
            // Another import was faster; this one goes on from what that one left.
            held = store::import::find_project_for_update(&work.tx, &entry.code).await?;
        }
        let there = held.ok_or_else(|| Error::internal("a project is there and is not"))?;
        let mut row = there.clone();
        row.name.clone_from(&entry.name);
        row.time_zone.clone_from(&entry.time_zone);
        row.policy = policy(&there.policy, entry)?;
        if row == there {
            tally.unchanged = 1;
        } else {
            tally.updated = 1;
            row.version += 1;
            store::import::save::<projects::Entity>(&work.tx, vec![row.clone()]).await?;
        }
        let is_shown = (&row.name, &row.time_zone) != (&there.name, &there.time_zone);
        let audience = if is_shown { ChangeAudience::Everybody } else { ChangeAudience::Staff };
        Ok((row, tally, audience))
    }

    fn new_project(&self, work: &UnitOfWork) -> Result<projects::Model> {
        let entry = &self.document.project;
        Ok(projects::Model {
            id: self.new_project_id,
            code: entry.code.clone(),
            name: entry.name.clone(),
            time_zone: entry.time_zone.clone(),
            policy: policy(&Value::Null, entry)?,
            epoch: work.new_id(),
            version: 1,
            created_at: work.now.0,
        })
    }
}

/// The policy that is there, with the fields that the file names put over it.
fn policy(there: &Value, entry: &ProjectEntry) -> Result<Value> {
    let mut fields = there.as_object().cloned().unwrap_or_else(Map::new);
    fields.extend(entry.policy.clone());
    let policy: Policy = serde_json::from_value(Value::Object(fields))?;
    Ok(serde_json::to_value(policy)?)
}

impl Import<'_> {
    async fn write_all(&mut self) -> Result<()> {
        self.vocabulary().await?;
        let companies = self.companies().await?;
        let excluded = self.not_invited(&companies).await?;
        let people = self.people(&excluded).await?;
        self.memberships(&companies, &people, &excluded).await?;
        let buildings = self.buildings().await?;
        let mut unit_types = self.unit_types().await?;
        let type_rooms = self.unit_type_rooms(&unit_types).await?;
        self.plans(&mut unit_types).await?;
        let units = self.units(&buildings, &unit_types).await?;
        self.rooms(&units, &type_rooms).await?;
        self.ownerships(&units, &people).await?;
        for person_id in std::mem::take(&mut self.arrivals) {
            self.work.take_over_placeholder(self.caller, self.project_id, person_id).await?;
        }
        self.rules(&companies, &buildings).await?;
        self.checklists().await
    }

    /// Says that an object looks different now.
    pub(super) fn mark_changed(&mut self, kind: ObjectKind, id: impl Id) {
        let id: Uuid = id.into();
        let unit_id = (kind == ObjectKind::Unit).then_some(id.into());
        self.work.mark_changed(kind, id, unit_id);
    }
}

/// The id of the row that is there, or a new one.
pub(super) fn id_of<I: Id>(there: Option<I>, work: &UnitOfWork) -> I {
    there.unwrap_or_else(|| work.new_id())
}

/// A position in a list as the database keeps it.
pub(super) fn sort_of(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}
