//! What is answered to an operation.

use domain::object_kind::ObjectKind;
use domain::sync::SyncOutcome;
use domain::{Refusal, RefusalCode};
use uuid::Uuid;

use crate::operation::OperationOutcome;

/// The answer to an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What became of it.
    pub outcome: SyncOutcome,
    /// What it was about; none for what could not be read, or is somebody else's.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Why.
    pub kept: OperationOutcome,
    /// The project, where it is known.
    pub project_id: Option<Uuid>,
}

impl Answer {
    /// An answer that is not kept: send it again, or never.
    #[must_use]
    pub fn rejected(refusal: Refusal) -> Self {
        let kept = OperationOutcome { refusals: vec![refusal], conflicts: Vec::new() };
        Self { outcome: SyncOutcome::Rejected, object: None, kept, project_id: None }
    }

    /// Not tried, or not to an end: nothing is kept, and the device sends it again.
    #[must_use]
    pub fn try_again() -> Self {
        Self::rejected(RefusalCode::TryAgain.into())
    }

    pub(super) fn is_to_be_sent_again(&self) -> bool {
        self.kept.refusals.iter().any(|refusal| refusal.code == RefusalCode::TryAgain)
    }
}
