//! The events and changed objects of a unit of work, each with its audience.

use domain::Actor;
use domain::change::{ChangeAudience, FewReaders};
use domain::id::{CompanyId, DefectId, InspectionId, PhotoId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use store::changes::ChangedObject;
use uuid::Uuid;

use super::{NewEvent, ProjectPart, UnitOfWork};

impl UnitOfWork {
    /// Adds an event, and marks its object as changed for everybody who may see the object.
    pub fn add_event(&mut self, event: NewEvent) {
        self.add_event_for(ChangeAudience::Everybody, event);
    }

    /// Adds an event, and marks its object as changed for one audience only. Other readers do not fetch the object again.
    pub fn add_event_for(&mut self, audience: ChangeAudience, event: NewEvent) {
        self.mark_changed_for(audience, event.kind, event.object_id, event.unit_id);
        self.events.push(event);
    }

    /// Adds an event of an object that is not changed, so that no client fetches it again.
    pub fn add_event_without_change(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Adds an event in another project than that of the work: a person's name, for example, changes in all projects of
    /// the person.
    pub fn add_event_in(&mut self, project_id: ProjectId, actor: Option<Actor>, event: NewEvent) {
        let (kind, object_id, unit_id) = (event.kind, event.object_id, event.unit_id);
        let audience = ChangeAudience::Everybody;
        let changed = ChangedObject { kind, object_id, unit_id, deleted: false, audience, few: None };
        self.other_projects
            .push(ProjectPart { changes: vec![changed], ..ProjectPart::of_other_project(project_id, actor, event) });
    }

    /// The same for an object that is not changed.
    pub fn add_event_without_change_in(&mut self, project_id: ProjectId, actor: Option<Actor>, event: NewEvent) {
        self.other_projects.push(ProjectPart::of_other_project(project_id, actor, event));
    }

    /// Marks an object as changed for everybody who may see it.
    pub fn mark_changed(&mut self, kind: ObjectKind, id: impl Into<Uuid>, unit_id: Option<UnitId>) {
        self.mark_changed_for(ChangeAudience::Everybody, kind, id, unit_id);
    }

    /// Marks an object as changed for one audience only.
    pub fn mark_changed_for(
        &mut self,
        audience: ChangeAudience,
        kind: ObjectKind,
        id: impl Into<Uuid>,
        unit_id: Option<UnitId>,
    ) {
        let id = id.into();
        let mut of_audiences = self.changes.iter_mut().filter(|change| change.few.is_none());
        match of_audiences.find(|change| change.object_id == id && change.kind == kind) {
            Some(change) => change.audience = change.audience.max(audience),
            None => {
                self.changes.push(ChangedObject { kind, object_id: id, unit_id, deleted: false, audience, few: None })
            }
        }
    }

    /// Marks a moved photo as removed for the readers who saw it before and may not see it any more. The change names no
    /// unit, because they may not know where the photo is now.
    pub fn mark_photo_moved(&mut self, id: PhotoId) {
        self.mark_changed_for_few(FewReaders::OfMovedPhoto, ObjectKind::Photo, id, None);
    }

    /// Marks a moved defect as removed for the owners of the unit in which it was before.
    pub fn mark_defect_moved(&mut self, id: DefectId, from_unit_id: UnitId) {
        self.mark_changed_for_few(FewReaders::OfMovedDefect(from_unit_id), ObjectKind::Defect, id, Some(from_unit_id));
    }

    /// Marks a defect as removed for the owners of its unit, who were shown it before it was declared void.
    pub fn mark_defect_void(&mut self, id: DefectId, unit_id: UnitId) {
        self.mark_changed_for_few(FewReaders::OfVoidDefect, ObjectKind::Defect, id, Some(unit_id));
    }

    /// Marks an object of a unit as changed for the people of a contractor company, and for nobody else.
    pub fn mark_changed_for_company(
        &mut self,
        company_id: CompanyId,
        kind: ObjectKind,
        id: impl Into<Uuid>,
        unit_id: UnitId,
    ) {
        self.mark_changed_for_few(FewReaders::OfCompany(company_id), kind, id, Some(unit_id));
    }

    /// Marks a unit inspection as changed for everybody but contractors.
    pub fn mark_inspection_changed_but_for_contractors(&mut self, id: InspectionId, unit_id: UnitId) {
        self.mark_changed_for(ChangeAudience::WholeProject, ObjectKind::UnitInspection, id, Some(unit_id));
        self.mark_changed_for_few(FewReaders::OfInspectedUnit, ObjectKind::UnitInspection, id, Some(unit_id));
    }

    /// Marks a project as changed for one reader besides the audiences: a person, or the leads of a contractor company.
    pub fn mark_project_changed_for(&mut self, project_id: ProjectId, reader_id: Uuid) {
        self.mark_changed_for_few(FewReaders::OfProject(reader_id), ObjectKind::Project, project_id, None);
    }

    fn mark_changed_for_few(
        &mut self,
        few: FewReaders,
        kind: ObjectKind,
        object_id: impl Into<Uuid>,
        unit_id: Option<UnitId>,
    ) {
        let object_id = object_id.into();
        let audience = ChangeAudience::OwnerData;
        let change = ChangedObject { kind, object_id, unit_id, deleted: false, audience, few: Some(few) };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Marks an object as changed in another project than that of the work, without an event.
    pub(crate) fn mark_changed_in(&mut self, project_id: ProjectId, kind: ObjectKind, object_id: Uuid) {
        let audience = ChangeAudience::Everybody;
        let changed = ChangedObject { kind, object_id, unit_id: None, deleted: false, audience, few: None };
        let mut others = self.other_projects.iter_mut();
        match others.find(|part| part.project_id == project_id && part.events.is_empty()) {
            Some(part) => part.changes.push(changed),
            None => self.other_projects.push(ProjectPart {
                project_id,
                actor: None,
                events: Vec::new(),
                changes: vec![changed],
                numbered_defect: None,
            }),
        }
    }

    /// Marks the readiness of a unit as changed, for staff but contractors: only their copies hold it. Owners and
    /// contractors read it when they open the unit, and a change would reveal work that they may not see.
    pub fn mark_readiness_changed(&mut self, unit_id: UnitId) {
        self.mark_changed_for(ChangeAudience::WholeProject, ObjectKind::Unit, unit_id, Some(unit_id));
    }

    /// Marks an object as removed.
    pub fn mark_removed(&mut self, kind: ObjectKind, id: impl Into<Uuid>) {
        let id = id.into();
        self.changes.retain(|change| !(change.object_id == id && change.kind == kind));
        let audience = ChangeAudience::Everybody;
        self.changes.push(ChangedObject { kind, object_id: id, unit_id: None, deleted: true, audience, few: None });
    }
}

impl ProjectPart {
    /// One event in another project than that of the work.
    fn of_other_project(project_id: ProjectId, actor: Option<Actor>, event: NewEvent) -> Self {
        Self { project_id, actor, events: vec![event], changes: Vec::new(), numbered_defect: None }
    }
}
