//! The rows that tell what became of an operation, written with whatever it did.

use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditReason, PendingEditState, SyncOutcome};
use domain::{Actor, Refusal, RefusalCode};
use serde_json::{Value, json};
use store::sync::Settled;
use uuid::Uuid;

use super::narrow::narrowed;
use super::operation::{Kept, Operation, UNREADABLE};
use super::pushed::{Pushed, Settling};
use super::storable::storable;
use super::{OperationRow, PendingEditRow};
use crate::error::{Error, Result};
use crate::work::{Happening, Work};

/// Whose edit is kept, and where.
#[derive(Debug, Clone)]
pub(super) struct Author {
    pub(super) project_id: Uuid,
    pub(super) unit_id: Option<Uuid>,
    pub(super) person_id: Uuid,
    pub(super) company_id: Option<Uuid>,
    pub(super) role: String,
}

impl Author {
    pub(super) fn of(actor: &Actor, unit_id: Option<Uuid>) -> Self {
        Self {
            project_id: actor.project_id,
            unit_id,
            person_id: actor.person_id,
            company_id: actor.company_id(),
            role: actor.role().as_str().to_owned(),
        }
    }
}

impl Work {
    /// Writes the operation's answer into this work; called by the commit.
    pub(crate) async fn record_operation(&mut self) -> Result<()> {
        let Some(pushed) = self.pushed.clone() else { return Ok(()) };
        if pushed.progress().recorded {
            return Ok(());
        }
        if let Some(settling) = &pushed.settles {
            self.record_settled(settling, PendingEditState::Applied).await?;
        } else {
            self.record_done(&pushed).await?;
        }
        let mut progress = pushed.progress();
        progress.recorded = true;
        progress.project_id = self.project_id();
        Ok(())
    }

    async fn record_done(&mut self, pushed: &Pushed) -> Result<()> {
        let (outcome, kept) = pushed.progress().answer();
        let author = self.actor().map(|actor| Author::of(actor, self.unit_of_changes()));
        // What was done is recorded whole; only what conflicts counts as kept.
        let input = pushed.operation.input.clone();
        if !self.answer(&pushed.operation, input, outcome, &kept, self.project_id()).await? {
            return Err(Error::Repeated);
        }
        if outcome == SyncOutcome::Conflict {
            let author = author.ok_or_else(|| Error::internal("a conflict of nobody"))?;
            let bytes = self.keep_edit(&pushed.operation, &author, PendingEditReason::FieldChanged, &kept).await?;
            self.charge_kept(bytes).await?;
        }
        Ok(())
    }

    /// Writes an answer, unless there is one already; says whether it was written.
    pub(super) async fn answer(
        &self,
        operation: &Operation,
        input: Value,
        outcome: SyncOutcome,
        kept: &Kept,
        project_id: Option<Uuid>,
    ) -> Result<bool> {
        let row = OperationRow {
            id: operation.id,
            person_id: self.person_id().unwrap_or_default(),
            device_id: operation.device_id,
            project_id,
            command: operation.command.to_owned(),
            input: storable(input),
            fingerprint: operation.fingerprint()?,
            outcome: outcome.as_str().to_owned(),
            object_kind: operation.target.kind.as_str().to_owned(),
            object_id: operation.target.id,
            unit_id: None,
            answer: storable(serde_json::to_value(kept)?),
            occurred_at: operation.occurred_at.map(|moment| moment.0),
            recorded_at: self.now.0,
        };
        Ok(store::sync::insert_operation(&self.tx, row, UNREADABLE).await?)
    }

    /// Keeps an edit for a person to settle; answers how many bytes of input that takes.
    pub(super) async fn keep_edit(
        &mut self,
        operation: &Operation,
        author: &Author,
        reason: PendingEditReason,
        kept: &Kept,
    ) -> Result<usize> {
        let input = storable(narrowed(&operation.input, &kept.conflicts));
        let bytes = serde_json::to_string(&input)?.len();
        let row = PendingEditRow {
            id: operation.id,
            project_id: author.project_id,
            unit_id: author.unit_id,
            object_kind: operation.target.kind.as_str().to_owned(),
            object_id: operation.target.id,
            person_id: author.person_id,
            company_id: author.company_id,
            role: author.role.clone(),
            device_id: operation.device_id,
            command: operation.command.to_owned(),
            input,
            reason: reason.as_str().to_owned(),
            answer: storable(serde_json::to_value(kept)?),
            state: PendingEditState::Pending.as_str().to_owned(),
            settled_by: None,
            settled_at: None,
            note: None,
            occurred_at: operation.occurred_at.map(|moment| moment.0),
            recorded_at: self.now.0,
        };
        store::sync::insert_pending(&self.tx, row).await?;
        self.event(Happening {
            unit_id: author.unit_id,
            data: json!({ "command": operation.command, "reason": reason, "objectId": operation.target.id }),
            ..Happening::new(
                EventName::EditKept,
                ObjectKind::PendingEdit,
                operation.id,
                operation.occurred_at.unwrap_or(self.now),
            )
        });
        Ok(bytes)
    }

    /// Settles an edit that waits, in this work.
    pub(super) async fn record_settled(&mut self, settling: &Settling, state: PendingEditState) -> Result<()> {
        let settled =
            Settled { state: state.as_str(), person_id: settling.person_id, at: self.now, note: settling.note.clone() };
        if !store::sync::settle_pending(&self.tx, settling.edit_id, &settled).await? {
            let edit = store::sync::pending_of_operation(&self.tx, settling.edit_id).await?;
            let state = edit.map(|edit| edit.state).unwrap_or_default();
            return Err(Refusal::new(RefusalCode::AlreadySettled).with("state", state).into());
        }
        let name = match state {
            PendingEditState::Dismissed => EventName::EditDismissed,
            PendingEditState::Applied | PendingEditState::Pending => EventName::EditApplied,
        };
        self.event(Happening {
            by: Some(settling.person_id),
            reason: settling.note.clone(),
            ..Happening::new(name, ObjectKind::PendingEdit, settling.edit_id, self.now)
        });
        Ok(())
    }
}
