//! What a job is: its kinds, why one was not done, and the signal that there is one to do.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::error::Error;

/// The form of payloads that this program writes and reads.
pub const PAYLOAD_VERSION: i32 = 1;
/// How often a job is tried before it has failed.
pub const MAX_ATTEMPTS: i32 = 12;

/// What there is to do.
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

    /// What nobody waits for: a photo is shown without it.
    pub(crate) const LAST: Self = Self::PhotoWebp;

    /// The kind as it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhotoRendition => "PHOTO_RENDITION",
            Self::PhotoMarkup => "PHOTO_MARKUP",
            Self::PhotoWebp => "PHOTO_WEBP",
        }
    }
}

/// Tells the runner of this process that there is something to do.
#[derive(Debug, Clone, Default)]
pub struct Signals(Arc<Notify>);

impl Signals {
    /// Wakes the runner, or keeps it from falling asleep.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody wakes.
    pub(super) async fn woken(&self) {
        self.0.notified().await;
    }
}

/// Why a job was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may be done another time.
    #[error("{0}")]
    Passing(String),
    /// What it needs is out of service: it may be done when that is back, however long it takes.
    #[error("{0}")]
    Outage(String),
    /// It never will be.
    #[error("{0}")]
    Hopeless(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Passing(chain(&error))
    }
}

impl From<store::Error> for JobError {
    fn from(error: store::Error) -> Self {
        Self::Passing(chain(&error))
    }
}

impl From<blob_store::ObjectError> for JobError {
    fn from(error: blob_store::ObjectError) -> Self {
        let reason = chain(&error);
        if error.is_outage() { Self::Outage(reason) } else { Self::Passing(reason) }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
