//! A person who leaves a company is taken off as the assignee of its defects.

use domain::Timestamp;
use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{PersonId, ProjectId};
use domain::object_kind::ObjectKind;
use serde_json::json;
use store::entity::defects;

use crate::error::Result;
use crate::unit_of_work::{NewEvent, UnitOfWork};

impl UnitOfWork {
    /// Takes a person off as the assignee of the project's living defects, with an event on each; the company and the
    /// due time stay.
    pub(super) async fn remove_assignments(
        &mut self,
        project_id: ProjectId,
        person_id: PersonId,
        reason: &str,
    ) -> Result<()> {
        for defect in store::members::assigned_to(&self.tx, project_id, person_id).await? {
            self.remove_assignment(defect, reason).await?;
        }
        Ok(())
    }

    async fn remove_assignment(&mut self, mut defect: defects::Model, reason: &str) -> Result<()> {
        let former = defect.assignee_id.take();
        crate::defect::note_update(&mut defect, self.now, ChangeAudience::Staff);
        store::defects::save(&self.tx, &mut defect).await?;
        let status = Some(defect.status.as_str());
        let data = json!({
            "companyId": defect.responsible_company_id,
            "assigneeId": null,
            "formerAssigneeId": former,
            "dueAt": defect.due_at.map(|due_at| Timestamp(due_at).to_rfc3339()),
        });
        let taken_off = NewEvent {
            unit_id: Some(defect.unit_id),
            defect_id: Some(defect.id),
            from: status,
            to: status,
            reason: Some(reason.to_owned()),
            data,
            ..NewEvent::new(EventName::DefectAssigneeSet, ObjectKind::Defect, defect.id, self.now)
        };
        self.add_event_for(ChangeAudience::Staff, taken_off);
        Ok(())
    }
}
