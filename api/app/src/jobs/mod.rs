//! Work after a commit: jobs are rows written with the change that causes them, and done by a runner.
//!
//! A job may be done twice (the machine may die between its effect and the note of it), so every handler is
//! idempotent. A job is never lost: whoever took it holds a lease, and when that runs out another takes it again.

mod attempt;
mod runner;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use store::entity::jobs;
use tokio::sync::Notify;

use crate::App;
use crate::error::{Error, Result};
use crate::photo::render;

pub use attempt::{Taken, take};
pub(crate) use runner::run_due_but;
pub use runner::{JobRunner, run_due};

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
    async fn woken(&self) {
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

impl From<crate::object_store::ObjectError> for JobError {
    fn from(error: crate::object_store::ObjectError) -> Self {
        let reason = chain(&error);
        if error.is_outage() { Self::Outage(reason) } else { Self::Passing(reason) }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

/// Does what a job says.
async fn handle(app: &App, job: &jobs::Model) -> Result<(), JobError> {
    let hopeless = |what: String| JobError::Hopeless(what);
    let kind = JobKind::ALL.iter().find(|kind| kind.as_str() == job.kind);
    let kind = kind.ok_or_else(|| hopeless(format!("this version knows no jobs of kind {}", job.kind)))?;
    if job.payload_version != PAYLOAD_VERSION {
        return Err(hopeless(format!("this version reads no payloads of version {}", job.payload_version)));
    }
    match kind {
        JobKind::PhotoRendition => render::job::run(app, payload(job)?).await,
        JobKind::PhotoMarkup => render::marked::run(app, payload(job)?).await,
        JobKind::PhotoWebp => render::webp::run(app, payload(job)?).await,
    }
}

fn payload<T: DeserializeOwned>(job: &jobs::Model) -> Result<T, JobError> {
    let unreadable = |error| JobError::Hopeless(format!("the payload cannot be read: {error}"));
    serde_json::from_value(job.payload.clone()).map_err(unreadable)
}
