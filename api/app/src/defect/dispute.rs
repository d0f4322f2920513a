//! The contractor disputes; the developer upholds the assignment, reassigns, or voids.

use domain::defect::transition::Step;
use domain::defect::{AttemptStatus, DefectCommand, DefectStatus, DisputeGround, DisputeOutcome, VoidReason};
use domain::id::{CompanyId, DefectId, DisputeId};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Refusal, RefusalCode};
use serde_json::json;
use store::entity::{disputes, repair_attempts};

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// A contractor's dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeDefect {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The dispute's id, made by the client.
    pub dispute_id: DisputeId,
    /// Not ours, or not a defect.
    pub ground: DisputeGround,
    /// In words.
    pub reason: String,
}

/// Disputes a defect: the due clock stands still until the developer resolves the dispute.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn dispute(ctx: Context<'_>, input: DisputeDefect) -> Result<Redacted<DefectRow>> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    let content = json!({ "ground": input.ground, "reason": reason });
    if let Some(done) = command.reserve_client_id(input.dispute_id, ObjectKind::Dispute, "disputeId", &content).await? {
        return Ok(done);
    }
    command.permit(DefectCommand::Dispute)?;
    let company_id = command.actor.company_id().ok_or(RefusalCode::NotResponsible)?;
    let row = disputes::Model {
        id: input.dispute_id,
        project_id: command.defect.project_id,
        defect_id: command.defect.id,
        company_id,
        person_id: command.actor.person_id,
        ground: input.ground,
        reason: reason.clone(),
        status_before: Some(command.defect.status),
        occurred_at: command.occurred_at.0,
        recorded_at: command.work.now.0,
        resolution: None,
        resolved_by: None,
        resolved_at: None,
        resolution_note: None,
    };
    store::defects::insert_dispute(&command.work.tx, row).await?;
    command.apply(Step::Dispute).await?;
    command.work.mark_changed(ObjectKind::Dispute, input.dispute_id, Some(command.defect.unit_id));
    let data = json!({ "disputeId": input.dispute_id, "ground": input.ground });
    command.finish(DefectCommand::Dispute, Some(reason), data).await
}

/// How the developer resolves a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveDispute {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// Upheld, reassigned or voided.
    pub outcome: DisputeOutcome,
    /// The company that becomes responsible: mandatory for a reassignment.
    pub company_id: Option<CompanyId>,
    /// In words.
    pub note: Option<String>,
}

/// Resolves a dispute.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn resolve(ctx: Context<'_>, input: ResolveDispute) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    let mut command = match input.outcome {
        DisputeOutcome::Voided => DefectCommandContext::open_with_duplicates(ctx, input.header, &[]).await?,
        DisputeOutcome::Upheld | DisputeOutcome::Reassigned => DefectCommandContext::open(ctx, input.header).await?,
    };
    command.permit(DefectCommand::ResolveDispute)?;
    let mut dispute = store::defects::open_dispute(&command.work.tx, command.defect.id)
        .await?
        .ok_or_else(|| Error::internal("a disputed defect has no open dispute"))?;
    dispute.resolution = Some(input.outcome);
    dispute.resolved_by = Some(command.actor.person_id);
    dispute.resolved_at = Some(command.work.now.0);
    dispute.resolution_note.clone_from(&note);
    let dispute_id = dispute.id;
    let step =
        Step::ResolveDispute { outcome: input.outcome, before: status_before(&dispute, command.attempt.as_ref()) };
    store::defects::resolve_dispute(&command.work.tx, dispute).await?;
    command.work.mark_changed(ObjectKind::Dispute, dispute_id, Some(command.defect.unit_id));
    match input.outcome {
        DisputeOutcome::Upheld => drop(command.apply(step).await?),
        DisputeOutcome::Reassigned => {
            let company = input.company_id.ok_or_else(|| Refusal::at(RefusalCode::CompanyRequired, "companyId"))?;
            if command.defect.responsible_company_id == Some(company) {
                return Err(Refusal::at(RefusalCode::SameCompany, "companyId").into());
            }
            command.make_responsible(company).await?;
            command.apply(step).await?;
        }
        DisputeOutcome::Voided => command.void_disputed(step).await?,
    }
    let data = json!({ "disputeId": dispute_id, "outcome": input.outcome, "companyId": command.defect.responsible_company_id });
    command.finish(DefectCommand::ResolveDispute, note, data).await
}

/// Where the defect stood when it was disputed. A dispute of before this was written tells nothing; then a failed
/// attempt says that it was sent back.
fn status_before(dispute: &disputes::Model, attempt: Option<&repair_attempts::Model>) -> Option<DefectStatus> {
    let sent_back = attempt.is_some_and(|attempt| attempt.status == AttemptStatus::Failed);
    dispute.status_before.or(sent_back.then_some(DefectStatus::Rework))
}

impl DefectCommandContext {
    /// Ends the dispute of a finding that its finder takes back; the dispute names no person who resolved it. Returns the
    /// status of the defect before the dispute; `None` if it is not disputed, or if that status is not known.
    pub(super) async fn end_dispute(&mut self) -> Result<Option<DefectStatus>> {
        if self.facts.status != DefectStatus::Disputed {
            return Ok(None);
        }
        let mut dispute = store::defects::open_dispute(&self.work.tx, self.defect.id)
            .await?
            .ok_or_else(|| Error::internal("a disputed defect has no open dispute"))?;
        let before = status_before(&dispute, self.attempt.as_ref());
        dispute.resolution = Some(DisputeOutcome::Voided);
        dispute.resolved_at = Some(self.work.now.0);
        let dispute_id = dispute.id;
        store::defects::resolve_dispute(&self.work.tx, dispute).await?;
        self.work.mark_changed(ObjectKind::Dispute, dispute_id, Some(self.defect.unit_id));
        Ok(before)
    }

    /// Voids a disputed defect. If it is restored later, it goes back to its contractor, not into the dispute.
    async fn void_disputed(&mut self, step: Step) -> Result<()> {
        self.apply(step).await?;
        let Step::ResolveDispute { before, .. } = step else { return Ok(()) };
        self.defect.status_before_void = before;
        self.defect.void_reason = Some(VoidReason::NotADefect);
        self.restore_duplicates().await
    }
}
