//! The answer to an operation.

use domain::id::ProjectId;
use domain::object_kind::ObjectKind;
use domain::sync::SyncOutcome;
use domain::{Refusal, RefusalCode};
use uuid::Uuid;

use crate::operation::OperationOutcome;

/// The answer to an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The outcome.
    pub outcome: SyncOutcome,
    /// The object of the operation; `None` if the operation was unreadable, or is another person's.
    pub object: Option<(ObjectKind, Uuid)>,
    /// The refusals and conflicts.
    pub kept: OperationOutcome,
    /// The project, if known.
    pub project_id: Option<ProjectId>,
}

impl Answer {
    /// A refusal that is not stored.
    #[must_use]
    pub fn rejected(refusal: Refusal) -> Self {
        let kept = OperationOutcome { refusals: vec![refusal], conflicts: Vec::new() };
        Self { outcome: SyncOutcome::Rejected, object: None, kept, project_id: None }
    }

    /// The operation was not tried, or not completed: nothing is stored, and the device sends it again.
    #[must_use]
    pub fn try_again() -> Self {
        Self::rejected(RefusalCode::TryAgain.into())
    }

    pub(super) fn is_to_be_sent_again(&self) -> bool {
        self.kept.refusals.iter().any(|refusal| refusal.code == RefusalCode::TryAgain)
    }
}
