//! Make a company responsible, and set the person inside it.

use domain::defect::due::check_due_at;
use domain::defect::transition::Step;
use domain::defect::{DefectCommand, DefectStatus};
use domain::id::{CompanyId, DefectId, PersonId};
use domain::text::{NOTE_LIMIT, optional};
use domain::{Party, Refusal, RefusalCode, Timestamp};
use serde_json::json;

use super::DefectRow;
use super::command_context::{DefectCommandContext, moment_text};
use super::field_merge;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, Patch};
use crate::operation::FieldConflict;
use crate::redacted::Redacted;

/// Who is to fix a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The company that becomes responsible; left out, only the person changes.
    pub company_id: Option<CompanyId>,
    /// The person inside the responsible company.
    pub assignee_id: Patch<PersonId>,
    /// Another due time than the policy's; only together with a company.
    pub due_at: Option<Timestamp>,
    /// In words.
    pub note: Option<String>,
}

/// Assigns a defect: developer and supervisor choose the company, its lead the person.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn assign(ctx: Context<'_>, input: Assign) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    let kind = match input.company_id {
        Some(company_id) => {
            command.permit(DefectCommand::Assign)?;
            command.assign_company(company_id, input.due_at).await?;
            DefectCommand::Assign
        }
        // A call without an assignee concerns the company: people who may name a company are asked for one; all others
        // are refused.
        None if input.assignee_id == Patch::Unchanged || input.due_at.is_some() => {
            command.permit(DefectCommand::Assign)?;
            return Err(Refusal::at(RefusalCode::CompanyRequired, "companyId").into());
        }
        None => {
            command.permit(DefectCommand::SetAssignee)?;
            DefectCommand::SetAssignee
        }
    };
    let conflicts = command.assignee_conflict(&input.assignee_id).into_iter().chain(command.due_conflict(input.due_at));
    let conflicts: Vec<FieldConflict> = conflicts.collect();
    if let (false, Some(operation)) = (conflicts.is_empty(), &command.work.operation) {
        operation.conflict(conflicts);
        return Ok(Redacted::of(ctx.caller, command.before.clone()));
    }
    command.set_assignee(input.assignee_id).await?;
    let data = json!({
        "companyId": command.defect.responsible_company_id,
        "assigneeId": command.defect.assignee_id,
        "dueAt": moment_text(command.defect.due_at),
    });
    command.finish(kind, note, data).await
}

impl DefectCommandContext {
    async fn assign_company(&mut self, company_id: CompanyId, due_at: Option<Timestamp>) -> Result<()> {
        // The same company again, while it is at work, keeps the state: only person and due time change.
        let again = self.defect.responsible_company_id == Some(company_id) && self.facts.status != DefectStatus::Open;
        if !again {
            self.make_responsible(company_id).await?;
            self.apply(Step::Assign).await?;
        }
        if let Some(due_at) = due_at {
            check_due_at(due_at, self.work.now)?;
            (self.defect.due_at, self.defect.shown_due_at) = (Some(due_at.0), Some(due_at.0));
            self.reset_escalation().await?;
        }
        Ok(())
    }

    /// Writes who is responsible now; the assignee of another company goes with it.
    pub(super) async fn make_responsible(&mut self, company_id: CompanyId) -> Result<()> {
        let company = store::projects::company(&self.work.tx, self.defect.project_id, company_id)
            .await?
            .ok_or_else(|| Error::not_found("companyId"))?;
        if company.kind != Party::Contractor {
            return Err(Refusal::at(RefusalCode::NotAContractor, "companyId").into());
        }
        if store::defects::add_company(&self.work.tx, self.defect.id, company_id, self.work.now).await? {
            self.mark_children_changed_for(company_id).await?;
        }
        self.facts.responsible_company_id = Some(company_id);
        self.defect.responsible_company_id = Some(company_id);
        self.defect.assignee_id = None;
        self.defect.assigned_at = Some(self.work.now.0);
        self.defect.held_since = None;
        self.defect.hold_reason = None;
        Ok(())
    }

    /// Removes an assignee who left the company meanwhile.
    pub(super) async fn drop_former_assignee(&mut self) -> Result<()> {
        let Some(person_id) = self.defect.assignee_id else { return Ok(()) };
        let member = store::members::membership_for_update(&self.work.tx, self.defect.project_id, person_id).await?;
        if member.map(|member| member.company_id) != self.defect.responsible_company_id {
            self.defect.assignee_id = None;
        }
        Ok(())
    }

    /// The conflict of assignees, if another person or device has named another one since the version that the client saw.
    fn assignee_conflict(&self, wanted: &Patch<PersonId>) -> Option<FieldConflict> {
        let other = self.concurrent_changes.iter().find(|other| other.field == field_merge::ASSIGNEE)?;
        let theirs = self.before.assignee_id;
        let yours = wanted.clone().apply(theirs);
        (yours != theirs).then(|| FieldConflict {
            field: other.field.clone(),
            yours: json!(yours),
            theirs: json!(theirs),
            changed_at: Some(Timestamp(other.recorded_at)),
            changed_by: other.person_id,
        })
    }

    /// The conflict of due times, if another person or device has set another one for the same company since the version
    /// that the client saw.
    fn due_conflict(&self, wanted: Option<Timestamp>) -> Option<FieldConflict> {
        let other = self.concurrent_changes.iter().find(|other| other.field == field_merge::DUE)?;
        let (yours, theirs) = (wanted?.0, self.before.due_at);
        let stays = self.before.responsible_company_id == self.defect.responsible_company_id;
        (stays && Some(yours) != theirs).then(|| FieldConflict {
            field: other.field.clone(),
            yours: moment_text(Some(yours)),
            theirs: moment_text(theirs),
            changed_at: Some(Timestamp(other.recorded_at)),
            changed_by: other.person_id,
        })
    }

    async fn set_assignee(&mut self, assignee: Patch<PersonId>) -> Result<()> {
        if let Patch::Set(person_id) = assignee {
            let company = self.defect.responsible_company_id;
            // Locked, so that the role does not end meanwhile.
            let member =
                store::members::membership_for_update(&self.work.tx, self.defect.project_id, person_id).await?;
            if company.is_none() || member.map(|member| member.company_id) != company {
                return Err(Refusal::at(RefusalCode::NotOfCompany, "assigneeId").into());
            }
        }
        self.defect.assignee_id = assignee.apply(self.defect.assignee_id);
        Ok(())
    }
}
