//! The kinds of jobs, the errors of handlers, and the notifier that wakes the runner.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::error::Error;

/// The form of payloads that this program writes and reads.
pub const PAYLOAD_VERSION: i32 = 1;
/// How often a job is tried before it has failed.
pub const MAX_ATTEMPTS: i32 = 12;

/// The kind of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Make the renditions of a received photo.
    PhotoRendition,
    /// Draw a photo's markup into a rendition.
    PhotoMarkup,
    /// Make the WebP renditions of a ready photo.
    PhotoWebp,
}

impl JobKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::PhotoRendition, Self::PhotoMarkup, Self::PhotoWebp];

    /// The kind with the lowest priority: a photo is shown without it.
    pub(crate) const LAST: Self = Self::PhotoWebp;

    /// The kind as it is stored in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhotoRendition => "PHOTO_RENDITION",
            Self::PhotoMarkup => "PHOTO_MARKUP",
            Self::PhotoWebp => "PHOTO_WEBP",
        }
    }
}

/// Notifies the runner of this process of new jobs.
#[derive(Debug, Clone, Default)]
pub struct JobNotifier(Arc<Notify>);

impl JobNotifier {
    /// Wakes the runner, or keeps it from sleeping.
    pub fn notify(&self) {
        self.0.notify_one();
    }

    /// Waits for the next notification.
    pub(super) async fn notified(&self) {
        self.0.notified().await;
    }
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A transient failure: the job is tried again.
    #[error("{0}")]
    Transient(String),
    /// A dependency is out of service: the job is tried again until it is back, however long that takes.
    #[error("{0}")]
    DependencyDown(String),
    /// A permanent failure: the job is not tried again.
    #[error("{0}")]
    Permanent(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Transient(chain(&error))
    }
}

impl From<store::Error> for JobError {
    fn from(error: store::Error) -> Self {
        Self::Transient(chain(&error))
    }
}

impl From<blob_store::ObjectError> for JobError {
    fn from(error: blob_store::ObjectError) -> Self {
        let reason = chain(&error);
        if error.is_outage() { Self::DependencyDown(reason) } else { Self::Transient(reason) }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
