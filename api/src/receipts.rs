//! `POST /messages/receipts`: what gateways say of messages later, signed as what is sent to them.

use app::App;
use app::messages::receipts::{GatewayReceipt, accept};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// Most bytes of a request.
const BODY_BYTES: usize = 64 * 1024;
/// Most receipts of a request.
const MOST: usize = 200;

/// One receipt, or several at once.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    One(GatewayReceipt),
    Many(Vec<GatewayReceipt>),
}

/// The route of receipts.
pub fn router(app: App) -> Router {
    let limit = DefaultBodyLimit::max(BODY_BYTES);
    Router::new().route("/messages/receipts", post(receive).layer(limit)).with_state(app)
}

/// Notes receipts. A receipt of an unknown message, and one that says nothing new, is taken like any other, so that the
/// gateway does not send it again.
async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(secret) = app.channels.receipt_secret() else {
        return (StatusCode::NOT_FOUND, "no gateway is set, so nobody sends receipts\n").into_response();
    };
    if let Err(error) = secret.verify(&headers, &body, app.clock.now()) {
        tracing::warn!(%error, "a receipt was refused");
        return (StatusCode::UNAUTHORIZED, format!("{error}\n")).into_response();
    }
    let receipts = match serde_json::from_slice::<Given>(&body) {
        Ok(Given::One(receipt)) => vec![receipt],
        Ok(Given::Many(receipts)) if receipts.len() <= MOST => receipts,
        Ok(Given::Many(_)) => return (StatusCode::PAYLOAD_TOO_LARGE, "at most 200 receipts at once\n").into_response(),
        Err(_) => return (StatusCode::BAD_REQUEST, EXPECTED).into_response(),
    };
    for receipt in receipts {
        if let Err(error) = accept(&app, receipt).await {
            tracing::error!(error = error.chain(), "a receipt could not be stored");
            return (StatusCode::SERVICE_UNAVAILABLE, "the receipts could not be stored; send them again\n")
                .into_response();
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// What a request looks like.
const EXPECTED: &str = "expected {\"id\": the id of the message, \"state\": \"sent\", \"delivered\", \"read\", \"failed\" or \
                        \"unsubscribed\", \"reason\": a text, for \"failed\"}, or a list of these\n";
