//! `/healthz`: the process answers. `/readyz`: the parts that it cannot work without answer too.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tracing::Instrument;

use super::application::{Application, Check};
use super::settings::Settings;

pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// The parts that `/readyz` checks, and its last result. Requests to it are free of charge, so one request at a time
/// checks the parts, and all others get its result.
pub(super) struct Readiness<H> {
    application: Arc<H>,
    within: Duration,
    max_age: Duration,
    last: Mutex<Option<(Instant, Report)>>,
}

impl<H> Readiness<H> {
    pub(super) fn new(application: Arc<H>, settings: &Settings) -> Self {
        Self { application, within: settings.ready_timeout, max_age: settings.ready_age, last: Mutex::new(None) }
    }
}

/// The state of the parts at one moment.
#[derive(Clone)]
struct Report {
    status: StatusCode,
    body: Value,
}

pub(super) async fn ready<H: Application>(State(readiness): State<Arc<Readiness<H>>>) -> Response {
    // In a task of its own, because a client that hangs up must not break off a probe for which others wait.
    let reporting = tokio::spawn(report(readiness).in_current_span());
    match reporting.await {
        Ok(report) => (report.status, Json(report.body)).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The last result, or a new one if that is too old.
async fn report<H: Application>(readiness: Arc<Readiness<H>>) -> Report {
    let mut last = readiness.last.lock().await;
    if let Some((at, report)) = last.as_ref()
        && at.elapsed() < readiness.max_age
    {
        return report.clone();
    }
    let checks = readiness.application.checks();
    let parts = join_all(checks.into_iter().map(|check| run_check(check, readiness.within))).await;
    let ready = parts.iter().all(|(_, state)| *state == "ready");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let parts: Map<_, _> =
        parts.into_iter().map(|(part, state)| (part.to_owned(), json!({ "status": state }))).collect();
    let overall = if ready { "ready" } else { "unavailable" };
    let report = Report { status, body: json!({ "status": overall, "parts": parts }) };
    *last = Some((Instant::now(), report.clone()));
    report
}

/// Runs a check. The reason of a failure stays in the log, because it may name hosts.
async fn run_check(check: Check<'_>, within: Duration) -> (&'static str, &'static str) {
    let state = match tokio::time::timeout(within, check.probe).await {
        Ok(Ok(())) => "ready",
        Ok(Err(error)) => {
            tracing::warn!(part = check.part, %error, "a part is not ready");
            "unavailable"
        }
        Err(_) => {
            tracing::warn!(part = check.part, "a part did not answer in time");
            "timed out"
        }
    };
    (check.part, state)
}
