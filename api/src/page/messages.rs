//! The messages to the demo's people, as they lie in the folder: without a mail server and a gateway this is where a
//! visitor finds codes and links. Messages to other people are in the folder alone.

use std::path::Path;
use std::sync::Arc;

use app::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::Value;

use super::{Page, missing};

/// How many messages are shown, the newest first.
const SHOWN: u64 = 50;

/// The newest messages to the demo's people; not found when the demo is off, or messages leave the server.
pub(super) async fn list(State(page): State<Arc<Page>>) -> Response {
    let Some(app) = &page.messages else { return missing() };
    let Some(folder) = app.channels.folder_path() else { return missing() };
    let messages = match read(app, folder).await {
        Ok(messages) => messages,
        Err(error) => {
            tracing::error!(error = error.chain(), "the messages of the demo could not be read");
            return missing();
        }
    };
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, Json(messages)).into_response()
}

async fn read(app: &App, folder: &Path) -> app::Result<Vec<Value>> {
    let mut messages = Vec::new();
    for id in app::messages::read::sent_to_demo(app, SHOWN).await? {
        // One that is not written yet, or was removed, is left out.
        let Ok(text) = tokio::fs::read(folder.join(format!("{id}.json"))).await else { continue };
        messages.extend(serde_json::from_slice::<Value>(&text));
    }
    Ok(messages)
}
