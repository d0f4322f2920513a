//! The log of operations: the rows with the outcome of each operation, in the transaction of its changes.

use domain::event::EventName;
use domain::id::{CompanyId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditReason, PendingEditState, SyncOutcome};
use domain::{Actor, Caller, Membership, OwnedUnit, Refusal, RefusalCode, Role, Timestamp};
use serde_json::{Value, json};
use store::db::WriteTx;
use store::entity::{operations, pending_edits};
use store::sync::Resolution;

use super::conflicting_input::conflicting_input;
use super::context::{OperationContext, PendingEditResolution};
use super::storable::storable;
use super::{Operation, OperationOutcome, UNREADABLE};
use crate::error::{Error, Result};
use crate::new_event::NewEvent;
use crate::quota::charge_kept;

/// The person whose edit is parked, in the role of then, and the place of the edit.
#[derive(Debug, Clone)]
pub(crate) struct OriginalActor {
    pub(crate) project_id: ProjectId,
    pub(crate) unit_id: Option<UnitId>,
    pub(crate) person_id: PersonId,
    pub(crate) company_id: Option<CompanyId>,
    pub(crate) role: Role,
}

impl OriginalActor {
    pub(crate) fn of(actor: &Actor, unit_id: Option<UnitId>) -> Self {
        Self {
            project_id: actor.project_id,
            unit_id,
            person_id: actor.person_id,
            company_id: actor.company_id(),
            role: actor.role(),
        }
    }

    /// The person of an edit that was parked.
    pub(crate) fn of_edit(edit: &pending_edits::Model) -> Self {
        Self {
            project_id: edit.project_id,
            unit_id: edit.unit_id,
            person_id: edit.person_id,
            company_id: edit.company_id,
            role: edit.role,
        }
    }

    /// The person in the role of then: in this project nothing but that role, or the own unit as well.
    pub(crate) fn as_caller(&self, mut person: Caller) -> Caller {
        let (project_id, role) = (self.project_id, self.role);
        person.memberships.retain(|membership| membership.project_id != project_id);
        match (self.company_id, self.unit_id) {
            (Some(company_id), _) => {
                person.memberships.push(Membership { project_id, company_id, role, since: None });
            }
            (None, Some(unit_id)) if !person.owned_units.iter().any(|owned| owned.unit_id == unit_id) => {
                person.owned_units.push(OwnedUnit { project_id, unit_id });
            }
            (None, _) => {}
        }
        person
    }
}

/// Where answers are written: a write transaction with its time, and the person whose operations they are.
#[derive(Clone, Copy)]
pub(crate) struct OperationLog<'a> {
    pub(crate) tx: &'a WriteTx,
    pub(crate) now: Timestamp,
    pub(crate) person_id: Option<PersonId>,
    /// The only unit of the person's session: all that is pushed in it belongs to this unit.
    pub(crate) only_unit: Option<UnitId>,
}

impl OperationLog<'_> {
    /// Writes the answer to an operation that was done; returns the event of an edit that is parked or resolved by it.
    ///
    /// # Errors
    /// `Repeated` when the operation is answered already, `QUOTA_EXCEEDED`, `ALREADY_SETTLED`, or an internal error.
    pub(crate) async fn write_answer(
        &self,
        context: &OperationContext,
        actor: Option<&Actor>,
        (project_id, unit_id): (Option<ProjectId>, Option<UnitId>),
    ) -> Result<Option<NewEvent>> {
        if let Some(resolution) = &context.resolves {
            return Ok(Some(self.resolve(resolution, PendingEditState::Applied).await?));
        }
        let (outcome, kept) = context.progress().outcome();
        // The input is recorded whole; only its conflicting part counts as kept.
        let input = context.operation.input.clone();
        if !self.insert_answer(&context.operation, input, outcome, &kept, project_id).await? {
            return Err(Error::Repeated);
        }
        if outcome != SyncOutcome::Conflict {
            return Ok(None);
        }
        let author = actor.map(|actor| OriginalActor::of(actor, unit_id));
        let author = author.ok_or_else(|| Error::internal("a conflict without an author"))?;
        let (event, bytes) =
            self.park_edit(&context.operation, &author, PendingEditReason::FieldChanged, &kept).await?;
        charge_kept(self.tx, self.person_id.unwrap_or_default(), self.now, bytes).await?;
        Ok(Some(event))
    }

    /// Writes an answer, unless there is one already; says whether it was written.
    pub(crate) async fn insert_answer(
        &self,
        operation: &Operation,
        input: Value,
        outcome: SyncOutcome,
        kept: &OperationOutcome,
        project_id: Option<ProjectId>,
    ) -> Result<bool> {
        let row = operations::Model {
            id: operation.id,
            person_id: self.person_id.unwrap_or_default(),
            device_id: operation.device_id,
            project_id,
            command: operation.command.to_owned(),
            input: storable(input),
            fingerprint: operation.fingerprint()?,
            outcome,
            object_kind: operation.target.kind,
            object_id: operation.target.id,
            unit_id: self.only_unit,
            answer: storable(serde_json::to_value(kept)?),
            occurred_at: operation.occurred_at.map(|moment| moment.0),
            recorded_at: self.now.0,
        };
        Ok(store::sync::insert_operation(self.tx, row, UNREADABLE).await?)
    }

    /// Parks an edit for a person to resolve; returns its event, and the number of stored bytes of input.
    pub(crate) async fn park_edit(
        &self,
        operation: &Operation,
        author: &OriginalActor,
        reason: PendingEditReason,
        kept: &OperationOutcome,
    ) -> Result<(NewEvent, usize)> {
        let input = storable(conflicting_input(&operation.input, &kept.conflicts));
        let bytes = serde_json::to_string(&input)?.len();
        let row = pending_edits::Model {
            // An edit has the UUID of its operation.
            id: operation.id.uuid().into(),
            project_id: author.project_id,
            unit_id: author.unit_id,
            object_kind: operation.target.kind,
            object_id: operation.target.id,
            person_id: author.person_id,
            company_id: author.company_id,
            role: author.role,
            device_id: operation.device_id,
            command: operation.command.to_owned(),
            input,
            reason,
            answer: storable(serde_json::to_value(kept)?),
            state: PendingEditState::Pending,
            settled_by: None,
            settled_at: None,
            note: None,
            occurred_at: operation.occurred_at.map(|moment| moment.0),
            recorded_at: self.now.0,
        };
        store::sync::insert_pending(self.tx, row).await?;
        let event = NewEvent {
            unit_id: author.unit_id,
            data: json!({ "command": operation.command, "reason": reason, "objectId": operation.target.id }),
            ..NewEvent::new(
                EventName::EditKept,
                ObjectKind::PendingEdit,
                operation.id,
                operation.occurred_at.unwrap_or(self.now),
            )
        };
        Ok((event, bytes))
    }

    /// Resolves a pending edit; returns its event.
    pub(crate) async fn resolve(
        &self,
        resolution: &PendingEditResolution,
        state: PendingEditState,
    ) -> Result<NewEvent> {
        let settled =
            Resolution { state, person_id: resolution.person_id, at: self.now, note: resolution.note.clone() };
        if !store::sync::resolve_pending(self.tx, resolution.edit_id, &settled).await? {
            let edit = store::sync::pending_of_operation(self.tx, resolution.edit_id.uuid().into()).await?;
            let state = edit.map_or("", |edit| edit.state.as_str());
            return Err(Refusal::new(RefusalCode::AlreadySettled).with("state", state).into());
        }
        let name = match state {
            PendingEditState::Dismissed => EventName::EditDismissed,
            PendingEditState::Applied | PendingEditState::Pending => EventName::EditApplied,
        };
        Ok(NewEvent {
            by: Some(resolution.person_id),
            reason: resolution.note.clone(),
            ..NewEvent::new(name, ObjectKind::PendingEdit, resolution.edit_id, self.now)
        })
    }
}
