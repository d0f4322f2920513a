//! A gateway that takes signed messages over HTTP, and answers what a test wants of it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use domain::Timestamp;
use http::{HeaderMap, StatusCode};
use message_channels::signature::{ID, SIGNATURE, Secret, TIMESTAMP};
use message_channels::{ChannelSettings, Channels, GatewaySettings};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The shared secret.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What the gateway does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Answers with this status, without taking the message.
    Status(u16),
    /// Takes the message, and says nothing before the client has gone away.
    TakeAndStall,
}

#[derive(Default)]
struct Taken {
    /// Each request that was taken: the key and the body.
    requests: Vec<(String, Value)>,
    script: VecDeque<Act>,
    refused: usize,
    /// Between taking a message and saying so.
    pace: Duration,
    /// How many requests were taken.
    progress: watch::Sender<usize>,
}

/// A running gateway. It ends with the test.
pub(super) struct GatewayServer {
    pub(super) address: SocketAddr,
    taken: Arc<Mutex<Taken>>,
    _stop: DropGuard,
}

impl GatewayServer {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let taken = Arc::new(Mutex::new(Taken::default()));
        let router = Router::new().route("/send", post(take)).with_state(Arc::clone(&taken));
        let stop = CancellationToken::new();
        let ended = stop.clone();
        tokio::spawn(async move { ended.run_until_cancelled(axum::serve(listener, router).into_future()).await });
        Self { address, taken, _stop: stop.drop_guard() }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does this with the next request.
    pub(super) fn next(&self, act: Act) {
        self.taken().script.push_back(act);
    }

    /// Thinks for so long about each message before it says that it has taken it.
    pub(super) fn think(&self, pace: Duration) {
        self.taken().pace = pace;
    }

    /// Waits until so many requests were taken.
    pub(super) async fn wait_for(&self, count: usize) {
        let mut progress = self.taken().progress.subscribe();
        progress.wait_for(|taken| *taken >= count).await.expect("the gateway is there");
    }

    pub(super) fn requests(&self) -> Vec<(String, Value)> {
        self.taken().requests.clone()
    }

    /// Requests whose signature did not fit.
    pub(super) fn refused(&self) -> usize {
        self.taken().refused
    }

    /// The gateway of text messages in the settings.
    pub(super) fn settings(&self) -> ChannelSettings {
        let url = format!("http://{}/send", self.address);
        let timeout = Duration::from_millis(500);
        let sms = GatewaySettings { timeout, ..GatewaySettings::new(url, "gateway_sms_url") };
        ChannelSettings { sms: Some(sms), gateway_secret: Some(SECRET.to_owned()), ..ChannelSettings::default() }
    }

    pub(super) fn channels(&self) -> Channels {
        Channels::new(&self.settings()).expect("channels")
    }
}

async fn take(State(taken): State<Arc<Mutex<Taken>>>, headers: HeaderMap, body: Bytes) -> Response {
    let now: Timestamp = machine_time();
    let secret = Secret::read(SECRET).expect("a secret");
    let (act, pace) = {
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.verify(&headers, &body, now).is_err() {
            taken.refused += 1;
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let act = taken.script.pop_front();
        if !matches!(act, Some(Act::Status(_))) {
            let key = headers["idempotency-key"].to_str().expect("a key").to_owned();
            taken.requests.push((key, serde_json::from_slice(&body).expect("JSON")));
            taken.progress.send_modify(|count| *count += 1);
        }
        (act, taken.pace)
    };
    match act {
        None => {
            tokio::time::sleep(pace).await;
            (StatusCode::ACCEPTED, json!({ "id": "gateway-1" }).to_string()).into_response()
        }
        Some(Act::Status(status)) => StatusCode::from_u16(status).expect("a status").into_response(),
        Some(Act::TakeAndStall) => std::future::pending().await,
    }
}

/// Posts a receipt, or several, as a gateway signs them now; answers the status.
pub(super) async fn post_receipt(app: &TestApp, body: &Value) -> u16 {
    let (body, id) = (body.to_string(), v7().to_string());
    let seconds = app.app.clock.now().0 / 1_000_000;
    let signature = Secret::read(SECRET).expect("a secret").sign(&id, seconds, body.as_bytes());
    let seconds = seconds.to_string();
    let headers = [(ID, id.as_str()), (TIMESTAMP, seconds.as_str()), (SIGNATURE, signature.as_str())];
    post_signed(app, &body, &headers).await
}

/// Posts a receipt with these headers; answers the status.
pub(super) async fn post_signed(app: &TestApp, body: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = app.client().post(app.url("/messages/receipts")).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").status().as_u16()
}

/// What is sent to a gateway is signed by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "the gateway is another machine")]
fn machine_time() -> Timestamp {
    jiff::Timestamp::now().into()
}
