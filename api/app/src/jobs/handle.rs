//! Runs the handler of a job's kind.

use serde::de::DeserializeOwned;
use store::entity::jobs;

use super::job::{JobError, JobKind, PAYLOAD_VERSION};
use crate::App;
use crate::photo::render;

/// Runs the handler of a job.
pub(super) async fn run_handler(app: &App, job: &jobs::Model) -> Result<(), JobError> {
    let permanent = |what: String| JobError::Permanent(what);
    let kind = JobKind::ALL.iter().find(|kind| kind.as_str() == job.kind);
    let kind = kind.ok_or_else(|| permanent(format!("this version knows no jobs of kind {}", job.kind)))?;
    if job.payload_version != PAYLOAD_VERSION {
        return Err(permanent(format!("this version reads no payloads of version {}", job.payload_version)));
    }
    match kind {
        JobKind::PhotoRendition => render::renditions::render(app, payload(job)?).await,
        JobKind::PhotoMarkup => render::annotated::draw_annotation(app, payload(job)?).await,
        JobKind::PhotoWebp => render::webp::make_webp(app, payload(job)?).await,
    }
}

fn payload<T: DeserializeOwned>(job: &jobs::Model) -> Result<T, JobError> {
    let unreadable = |error| JobError::Permanent(format!("the payload cannot be read: {error}"));
    serde_json::from_value(job.payload.clone()).map_err(unreadable)
}
