//! What an operation hands to the unit of work that does it: its answer is written in the same transaction as its
//! effects.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::sync::SyncOutcome;
use domain::{Refusal, RefusalCode};
use uuid::Uuid;

use super::operation::{FieldConflict, Kept, Operation};

/// Who has a kept edit done after all.
#[derive(Debug, Clone)]
pub(super) struct Settling {
    /// The edit.
    pub edit_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// In words.
    pub note: Option<String>,
}

/// What the work has come to.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The answer was written with a commit.
    pub(super) recorded: bool,
    /// Others had changed something else meanwhile.
    pub(super) merged: bool,
    /// Others had changed the same.
    pub(super) conflicts: Vec<FieldConflict>,
    /// The project.
    pub(super) project_id: Option<Uuid>,
}

impl Progress {
    /// What is answered to what was done.
    pub(super) fn answer(&self) -> (SyncOutcome, Kept) {
        let (outcome, refusals) = match (self.conflicts.is_empty(), self.merged) {
            (false, _) => (SyncOutcome::Conflict, vec![Refusal::new(RefusalCode::FieldChanged)]),
            (true, true) => (SyncOutcome::Merged, Vec::new()),
            (true, false) => (SyncOutcome::Applied, Vec::new()),
        };
        (outcome, Kept { refusals, conflicts: self.conflicts.clone() })
    }
}

/// An operation at work. Clones share its progress.
#[derive(Debug, Clone)]
pub struct Pushed {
    pub(super) operation: Arc<Operation>,
    pub(super) settles: Option<Settling>,
    progress: Arc<Mutex<Progress>>,
}

impl Pushed {
    pub(super) fn new(operation: Operation, settles: Option<Settling>) -> Self {
        Self { operation: Arc::new(operation), settles, progress: Arc::default() }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device.
    #[must_use]
    pub fn device_id(&self) -> Uuid {
        self.operation.device_id
    }

    /// Whether the app says which version the person saw.
    #[must_use]
    pub fn tells_version(&self) -> bool {
        self.operation.base_version.is_some()
    }

    /// The version that the person saw, if it is older than the current one. Who names none has seen nothing that others
    /// did: an app that forgets to tell must not overwrite anybody. Who settles a kept edit sees what stands now.
    #[must_use]
    pub fn stale_base(&self, current: i32) -> Option<i32> {
        if self.settles.is_some() {
            return None;
        }
        Some(self.operation.base_version.unwrap_or_default()).filter(|base| *base < current)
    }

    /// Others had changed something else meanwhile.
    pub fn merged(&self) {
        self.progress().merged = true;
    }

    /// Others had changed the same: these values are kept for a person to settle.
    pub fn conflict(&self, conflicts: Vec<FieldConflict>) {
        self.progress().conflicts = conflicts;
    }
}
