//! Declare a defect void, and take it back.

use domain::defect::transition::Step;
use domain::defect::{DefectCommand, DefectStatus, VoidReason};
use domain::event::EventName;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Caller, Refusal, RefusalCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, Head};
use crate::App;
use crate::error::{Error, Result};

/// Why a defect is void.
#[derive(Debug, Clone)]
pub struct VoidDefect {
    /// The defect.
    pub head: Head,
    /// The kind of reason.
    pub reason: VoidReason,
    /// Of which it is a duplicate: mandatory for duplicates.
    pub duplicate_of: Option<Uuid>,
    /// In words.
    pub note: Option<String>,
}

/// Declares a defect void.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn void(app: &App, caller: &Caller, input: VoidDefect) -> Result<DefectRow> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    if input.reason == VoidReason::Merged {
        let why = Refusal::at(RefusalCode::InvalidValue, "reason").with("why", "merging is a command of its own");
        return Err(why.into());
    }
    let mut case = Case::open(app, caller, input.head).await?;
    case.permit(DefectCommand::Void)?;
    case.defect.duplicate_of = match (input.reason, input.duplicate_of) {
        (VoidReason::Duplicate, None) => {
            return Err(Refusal::at(RefusalCode::DuplicateOfRequired, "duplicateOf").into());
        }
        (VoidReason::Duplicate, Some(other)) => Some(case.other_defect(other, "duplicateOf").await?.id),
        (VoidReason::EnteredInError | VoidReason::NotADefect | VoidReason::Merged, _) => None,
    };
    case.lay_down(input.reason).await?;
    let data = json!({ "reason": input.reason, "duplicateOf": case.defect.duplicate_of });
    case.finish(EventName::DefectVoided, note, data).await
}

/// Takes a void defect back to where it stood.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn restore(app: &App, caller: &Caller, head: Head, reason: &str) -> Result<DefectRow> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut case = Case::open(app, caller, head).await?;
    case.permit(DefectCommand::Restore)?;
    case.take_back().await?;
    case.finish(EventName::DefectRestored, Some(reason), Value::Null).await
}

impl Case {
    /// Another defect of the same unit, as the caller may see it.
    pub(super) async fn other_defect(&self, id: Uuid, field: &str) -> Result<DefectRow> {
        if id == self.defect.id {
            return Err(Refusal::at(RefusalCode::SameDefect, field).into());
        }
        let other = store::defects::find(&self.work.tx, &self.caller.sight(), id)
            .await?
            .ok_or_else(|| Error::not_found(field))?;
        if other.unit_id == self.defect.unit_id {
            Ok(other)
        } else {
            Err(Refusal::at(RefusalCode::OtherUnit, field).into())
        }
    }

    /// Makes the defect void, and remembers where it stood.
    pub(super) async fn lay_down(&mut self, reason: VoidReason) -> Result<()> {
        let before = self.defect.status.clone();
        self.apply(Step::Void).await?;
        self.defect.status_before_void = Some(before);
        self.defect.void_reason = Some(reason.as_str().to_owned());
        Ok(())
    }

    /// Takes the defect back from void.
    pub(super) async fn take_back(&mut self) -> Result<()> {
        let before: Option<DefectStatus> =
            self.defect.status_before_void.take().map(|status| status.parse()).transpose()?;
        self.apply(Step::Restore { before }).await?;
        self.drop_former_assignee().await?;
        self.defect.void_reason = None;
        self.defect.duplicate_of = None;
        // The owner, who was shown nothing of a void defect, sees it again.
        self.shows_whole().await?;
        Ok(())
    }
}
