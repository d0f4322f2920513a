//! `/healthz`: the process answers. `/readyz`: the parts that it cannot work without answer too.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::hooks::{Check, Hooks};

pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// What `/readyz` needs.
pub(super) struct Readiness<H> {
    pub(super) hooks: Arc<H>,
    pub(super) within: Duration,
}

pub(super) async fn ready<H: Hooks>(State(readiness): State<Arc<Readiness<H>>>) -> Response {
    let checks = readiness.hooks.checks();
    let parts = join_all(checks.into_iter().map(|check| ask(check, readiness.within))).await;
    let ready = parts.iter().all(|(_, state)| *state == "ready");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let parts: Map<_, _> =
        parts.into_iter().map(|(part, state)| (part.to_owned(), json!({ "status": state }))).collect();
    let overall = if ready { "ready" } else { "unavailable" };
    (status, Json(json!({ "status": overall, "parts": parts }))).into_response()
}

/// The reason stays in the log: it may name hosts.
async fn ask(check: Check<'_>, within: Duration) -> (&'static str, &'static str) {
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
