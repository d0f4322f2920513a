//! The report and the errors of a garbage collection.

use blob_store::ObjectError;
use domain::Timestamp;

use crate::error::Error;

/// Keys asked for at once.
pub(super) const PAGE: u16 = 1_000;

/// Why a garbage collection was aborted; what it has done stays done.
#[derive(Debug, thiserror::Error)]
pub enum GcError {
    /// The database, or an internal error.
    #[error(transparent)]
    App(#[from] Error),
    /// The object store.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The object store is out of service.
    #[error("{0}")]
    DependencyDown(String),
}

impl From<domain::UnknownCode> for GcError {
    fn from(error: domain::UnknownCode) -> Self {
        Self::App(error.into())
    }
}

impl From<store::Error> for GcError {
    fn from(error: store::Error) -> Self {
        Self::App(error.into())
    }
}

/// What a garbage collection has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Uploads that had arrived whole without their tablet having said so: received now.
    pub completed: u64,
    /// Uploads that were never completed or did not match the declaration: removed.
    pub uploads_removed: u64,
    /// Objects that belong to no photo: removed.
    pub orphans_removed: u64,
    /// Photos whose bytes the policy no longer keeps: removed.
    pub photos_removed: u64,
    /// Copies without metadata, of photos that had none: made.
    pub copies_made: u64,
    /// Rejected photos that this version of the program can use: taken.
    pub photos_rescued: u64,
}

/// Whether an object was written before a moment.
pub(super) fn is_older(written_at_seconds: i64, before: Timestamp) -> bool {
    written_at_seconds.saturating_mul(1_000_000) < before.0
}
