//! Does a job by its kind.

use serde::de::DeserializeOwned;
use store::entity::jobs;

use super::job::{JobError, JobKind, PAYLOAD_VERSION};
use crate::App;
use crate::photo::render;

/// Does what a job says.
pub(super) async fn handle(app: &App, job: &jobs::Model) -> Result<(), JobError> {
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
