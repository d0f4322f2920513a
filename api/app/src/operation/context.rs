//! The context of an operation, for the unit of work that does it: its answer is written in the same transaction as its
//! effects.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::{DeviceId, PendingEditId, PersonId, ProjectId};
use domain::sync::SyncOutcome;
use domain::{Refusal, RefusalCode, Timestamp};

use super::{FieldConflict, Operation, OperationOutcome};

/// The resolution of a pending edit that the operation brings.
#[derive(Debug, Clone)]
pub(crate) struct PendingEditResolution {
    /// The edit.
    pub edit_id: PendingEditId,
    /// The person.
    pub person_id: PersonId,
    /// In words.
    pub note: Option<String>,
}

/// The progress of an operation.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The answer was written with a commit.
    pub(crate) recorded: bool,
    /// Others had changed something else meanwhile.
    pub(crate) merged: bool,
    /// Others had changed the same.
    pub(crate) conflicts: Vec<FieldConflict>,
    /// The refusals of parts of it, while the rest was done.
    pub(crate) refusals: Vec<Refusal>,
    /// The project.
    pub(crate) project_id: Option<ProjectId>,
}

impl Progress {
    /// The outcome and the answer of an operation that was done.
    pub(crate) fn outcome(&self) -> (SyncOutcome, OperationOutcome) {
        let (outcome, mut refusals) = match (self.conflicts.is_empty(), self.merged) {
            (false, _) => (SyncOutcome::Conflict, vec![Refusal::new(RefusalCode::FieldChanged)]),
            (true, true) => (SyncOutcome::Merged, Vec::new()),
            (true, false) => (SyncOutcome::Applied, Vec::new()),
        };
        refusals.extend(self.refusals.iter().cloned());
        (outcome, OperationOutcome { refusals, conflicts: self.conflicts.clone() })
    }
}

/// A change that was made to an object before this operation came.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The object's version that it made.
    pub version: Option<i32>,
    /// Who made it.
    pub by: Option<PersonId>,
    /// On which device; none for a change that was not pushed.
    pub device_id: Option<DeviceId>,
}

/// An operation that is being run. Clones share its progress.
#[derive(Debug, Clone)]
pub struct OperationContext {
    pub(crate) operation: Arc<Operation>,
    pub(crate) resolves: Option<PendingEditResolution>,
    progress: Arc<Mutex<Progress>>,
}

impl OperationContext {
    pub(crate) fn new(operation: Operation, resolves: Option<PendingEditResolution>) -> Self {
        Self { operation: Arc::new(operation), resolves, progress: Arc::default() }
    }

    /// Whether the answer was written with a commit.
    pub(crate) fn is_recorded(&self) -> bool {
        self.progress().recorded
    }

    /// Notes that the answer is written in this project.
    pub(crate) fn set_recorded(&self, project_id: Option<ProjectId>) {
        let mut progress = self.progress();
        progress.recorded = true;
        progress.project_id = project_id;
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device.
    #[must_use]
    pub fn device_id(&self) -> DeviceId {
        self.operation.device_id
    }

    /// Whether the client named the version that it saw.
    #[must_use]
    pub fn has_base_version(&self) -> bool {
        self.operation.base_version.is_some()
    }

    /// The version that the client saw, if it is older than the current one. A missing base version counts as version 0,
    /// so a client that omits it can never overwrite another person's change. A person who resolves a pending edit sees
    /// the current version.
    #[must_use]
    pub fn stale_base(&self, current: i32) -> Option<i32> {
        if self.resolves.is_some() {
            return None;
        }
        Some(self.operation.base_version.unwrap_or_default()).filter(|base| *base < current)
    }

    /// Whether a change after the version that the client saw was made by another person, or by the same person on
    /// another device. A change without a known person or version counts as made by others.
    #[must_use]
    pub fn is_by_others(&self, person_id: Option<PersonId>, current: i32, change: Change) -> bool {
        let Some(base) = self.stale_base(current) else { return false };
        let is_newer = change.version.is_none_or(|version| version > base);
        let is_own = change.by == person_id && change.device_id == Some(self.device_id());
        is_newer && !is_own
    }

    /// Parts of the command were refused; the rest is done.
    pub fn refused_partly(&self, refusals: Vec<Refusal>) {
        self.progress().refusals = refusals;
    }

    /// Whether lateness is judged by the device's time: the device was offline when the work was done, and its time is
    /// plausible. Otherwise it could have pushed the work at once.
    #[must_use]
    pub fn was_offline_at(&self, moment: Timestamp) -> bool {
        !self.operation.time_doubted && self.operation.last_contact.is_some_and(|contact| contact < moment)
    }

    /// Whether the device's time was rejected as impossible.
    pub(crate) fn is_time_doubted(&self) -> bool {
        self.operation.time_doubted
    }

    /// Others had changed something else meanwhile.
    pub fn merged(&self) {
        self.progress().merged = true;
    }

    /// Others had changed the same: these values are kept for a person to resolve.
    pub fn conflict(&self, conflicts: Vec<FieldConflict>) {
        self.progress().conflicts = conflicts;
    }
}
