//! Judge a repair attempt: pass or fail, each party for itself, never the company that did the work.

use domain::defect::transition::Step;
use domain::defect::{AttemptStatus, DefectCommand, DefectStatus};
use domain::id::{AttemptId, DefectId, VerdictId};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde_json::json;
use store::entity::verdicts;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use super::escalate::mark_failed_escalation;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// A verdict on the latest attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The verdict's id, made by the client.
    pub verdict_id: VerdictId,
    /// Pass or fail.
    pub passed: bool,
    /// Why; required for a fail.
    pub note: Option<String>,
}

/// Gives a verdict: a fail sends the defect back, enough passes close it.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn verify(ctx: Context<'_>, input: Verify) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut command = DefectCommandContext::open_under_policy(ctx, input.header).await?;
    let content = json!({ "passed": input.passed, "note": note });
    if let Some(done) = command.reserve_client_id(input.verdict_id, ObjectKind::Verdict, "verdictId", &content).await? {
        return Ok(done);
    }
    command.permit(DefectCommand::Verify)?;
    command.not_before_attempt();
    if !input.passed && note.is_none() {
        return Err(Refusal::at(RefusalCode::ReasonRequired, "note").into());
    }
    let attempt = command.attempt.clone().ok_or(RefusalCode::NotFound)?;
    if input.passed {
        command.check_photos(attempt.id).await?;
    }
    let verdict = command.verdict_row(&input, attempt.id, note.clone());
    store::defects::insert_verdict(&command.work.tx, verdict).await?;

    let was_closed = command.facts.status == DefectStatus::Closed;
    let effect = command.apply(Step::Verdict { party: command.actor.party(), passed: input.passed }).await?;
    if let Some(passed) = effect.attempt_passed {
        let status = if passed { AttemptStatus::Passed } else { AttemptStatus::Failed };
        // A later verdict, as an owner's on a closed defect, is a record of its own and overwrites nothing.
        store::defects::close_attempt(&command.work.tx, attempt.id, status).await?;
        command.count_judgement(passed, was_closed, attempt.number);
    }
    command.work.mark_changed(ObjectKind::RepairAttempt, attempt.id, Some(command.defect.unit_id));
    command.work.mark_changed(ObjectKind::Verdict, input.verdict_id, Some(command.defect.unit_id));
    let limit = i32::try_from(command.project.policy.escalate_after_failed_attempts).unwrap_or(i32::MAX);
    if effect.attempt_passed == Some(false) && escalates(&command.defect, limit) {
        mark_failed_escalation(&mut command.work, &mut command.defect, attempt.number, command.occurred_at);
    }
    let data = json!({
        "attemptId": attempt.id,
        "number": attempt.number,
        "party": command.actor.party(),
        "passed": input.passed,
        "escalated": !input.passed && command.defect.failed_count >= limit,
    });
    command.finish(DefectCommand::Verify, note, data).await
}

/// Whether a failed attempt escalates the defect: the one that reaches the limit, and a later one after a new due time,
/// which began the escalation anew.
fn escalates(defect: &DefectRow, limit: i32) -> bool {
    defect.failed_count == limit || (defect.failed_count > limit && defect.escalated_at.is_none())
}

impl DefectCommandContext {
    /// Asks that every photo which the repair declares has arrived or was written off by name.
    async fn check_photos(&self, attempt_id: AttemptId) -> Result<()> {
        let count = store::photos::missing_of_attempt(&self.work.tx, attempt_id).await?;
        if count > 0 {
            return Err(Refusal::new(RefusalCode::PhotosMissing).with("count", count).into());
        }
        // Where the policy asks for no photo, a repair may be without one, also when the only one was withdrawn.
        let is_required = self.project.policy.after_photo_required;
        if is_required && store::photos::is_without_evidence(&self.work.tx, attempt_id).await? {
            return Err(RefusalCode::PhotoRequired.into());
        }
        Ok(())
    }

    fn verdict_row(&self, input: &Verify, attempt_id: AttemptId, note: Option<String>) -> verdicts::Model {
        verdicts::Model {
            id: input.verdict_id,
            project_id: self.defect.project_id,
            defect_id: self.defect.id,
            attempt_id,
            party: self.actor.party(),
            company_id: self.actor.company_id(),
            person_id: self.actor.person_id,
            role: self.actor.role(),
            passed: input.passed,
            note,
            occurred_at: self.occurred_at.0,
            recorded_at: self.work.now.0,
        }
    }

    pub(super) fn count_judgement(&mut self, passed: bool, was_closed: bool, number: i32) {
        if number == 1 {
            let failed_before = self.defect.first_attempt_passed == Some(false);
            self.defect.first_attempt_passed = Some(passed && !failed_before);
        }
        if passed {
            self.defect.closed_at = self.defect.closed_at.or(Some(self.work.now.0));
        } else {
            self.defect.failed_count += 1;
            self.defect.closed_at = None;
            self.defect.fixed_at = None;
            // An owner's fail of what staff had closed opens it again.
            self.defect.reopened_count += i32::from(was_closed);
        }
    }
}
