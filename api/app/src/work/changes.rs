//! What a unit of work tells: events, and the objects that look different afterwards, each to the readers whom it concerns.

use domain::Actor;
use domain::change::{ChangeAudience, FewReaders};
use domain::object_kind::ObjectKind;
use store::changes::ChangedObject;
use uuid::Uuid;

use super::{Happening, Part, Work};

impl Work {
    /// Records what happened; the object looks different to everybody who sees it.
    pub fn event(&mut self, happening: Happening) {
        self.event_for(ChangeAudience::Everybody, happening);
    }

    /// Records what happened to an object that looks different to an audience, and to everybody else as before: nobody else
    /// is told to fetch it again.
    pub fn event_for(&mut self, audience: ChangeAudience, happening: Happening) {
        self.changed_for(audience, happening.kind, happening.object_id, happening.unit_id);
        self.happenings.push(happening);
    }

    /// Records an event of an object that looks as before: no copy is told to fetch it again.
    pub fn note(&mut self, happening: Happening) {
        self.happenings.push(happening);
    }

    /// Records what happened in a project besides the one that was entered: a person's name concerns all of the person's
    /// projects.
    pub fn event_in(&mut self, project_id: Uuid, actor: Option<Actor>, happening: Happening) {
        let (kind, object_id, unit_id) = (happening.kind, happening.object_id, happening.unit_id);
        let audience = ChangeAudience::Everybody;
        let changed = ChangedObject { kind, object_id, unit_id, deleted: false, audience, few: None };
        self.elsewhere.push(Part { changes: vec![changed], ..Part::elsewhere(project_id, actor, happening) });
    }

    /// The same of an object that looks as before.
    pub fn note_in(&mut self, project_id: Uuid, actor: Option<Actor>, happening: Happening) {
        self.elsewhere.push(Part::elsewhere(project_id, actor, happening));
    }

    /// Says that an object looks different from now on, to everybody who sees it.
    pub fn changed(&mut self, kind: ObjectKind, id: Uuid, unit_id: Option<Uuid>) {
        self.changed_for(ChangeAudience::Everybody, kind, id, unit_id);
    }

    /// Says that an object looks different to an audience from now on, and to everybody else as before.
    pub fn changed_for(&mut self, audience: ChangeAudience, kind: ObjectKind, id: Uuid, unit_id: Option<Uuid>) {
        let mut of_audiences = self.changes.iter_mut().filter(|change| change.few.is_none());
        match of_audiences.find(|change| change.object_id == id && change.kind == kind) {
            Some(change) => change.audience = change.audience.max(audience),
            None => {
                self.changes.push(ChangedObject { kind, object_id: id, unit_id, deleted: false, audience, few: None })
            }
        }
    }

    /// Says that a photo was moved: to those who saw it before and do not see it any more, it is no more. Where it is now
    /// is none of their business, so the change names no unit.
    pub fn photo_left(&mut self, id: Uuid) {
        self.changed_for_few(FewReaders::OfMovedPhoto, ObjectKind::Photo, id);
    }

    /// Says that a project looks different to one reader besides an audience: to a person, or to the leads of a contractor
    /// company.
    pub fn project_changed_for(&mut self, project_id: Uuid, reader_id: Uuid) {
        self.changed_for_few(FewReaders::OfProject(reader_id), ObjectKind::Project, project_id);
    }

    fn changed_for_few(&mut self, few: FewReaders, kind: ObjectKind, object_id: Uuid) {
        let audience = ChangeAudience::OwnerData;
        let change = ChangedObject { kind, object_id, unit_id: None, deleted: false, audience, few: Some(few) };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Says that the readiness of a unit may be another one. A copy holds it only for those who read what was waived;
    /// owners and contractors ask for it when they look at it, and a change would tell them of work that they do not see.
    pub fn changed_readiness(&mut self, unit_id: Uuid) {
        self.changed_for(ChangeAudience::WholeProject, ObjectKind::Unit, unit_id, Some(unit_id));
    }

    /// Says that an object is no more.
    pub fn removed(&mut self, kind: ObjectKind, id: Uuid) {
        self.changes.retain(|change| !(change.object_id == id && change.kind == kind));
        let audience = ChangeAudience::Everybody;
        self.changes.push(ChangedObject { kind, object_id: id, unit_id: None, deleted: true, audience, few: None });
    }
}

impl Part {
    /// One event in a project besides the one that was entered.
    fn elsewhere(project_id: Uuid, actor: Option<Actor>, happening: Happening) -> Self {
        Self { project_id, actor, happenings: vec![happening], changes: Vec::new(), numbered_defect: None }
    }
}
