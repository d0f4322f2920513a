//! A server with the rate limits of production, and clients with separate addresses.

use std::net::{IpAddr, SocketAddr};

use api::application;
use axum::Router;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::{Rate, Settings, serve};

/// A full bucket as in production, with so slow a refill that it does not affect a test.
const RATE: Rate = Rate { points: 1_000.0, per_second: 0.001 };

pub(super) struct Priced {
    address: SocketAddr,
    _stop: DropGuard,
}

/// An answer: its status and its body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) bytes: usize,
}

impl Answer {
    pub(super) fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }

    /// Its cost in points.
    pub(super) fn cost(&self) -> u64 {
        self.body["extensions"]["cost"].as_u64().unwrap_or_else(|| panic!("no cost in {}", self.body))
    }
}

/// A client at one address of the loopback network.
pub(super) struct Client<'p> {
    server: &'p Priced,
    client: reqwest::Client,
    token: Option<String>,
}

impl Priced {
    /// Serves the same services as the test's own server.
    pub(super) async fn start(app: &TestApp) -> Self {
        let settings = Settings { rate: Some(RATE), ..Settings::default() };
        let transport =
            application::transport(app.app.clone(), settings, Router::new()).expect("the schema can be read");
        let listener = TcpListener::bind(("0.0.0.0", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, transport, stop.clone()));
        Self { address: ([127, 0, 0, 1], address.port()).into(), _stop: stop.drop_guard() }
    }

    /// A client at 127.0.0.`host`, an address that no other client has.
    pub(super) fn at(&self, host: u8) -> Client<'_> {
        let own = IpAddr::from([127, 0, 0, host]);
        let client = reqwest::Client::builder().local_address(own).build().expect("a client");
        Client { server: self, client, token: None }
    }
}

impl Client<'_> {
    /// Signs a person of the fixture in.
    pub(super) async fn sign_in(mut self, login: &str) -> Self {
        let document = "mutation($input: SessionCreateInput!) {
            sessionCreate(input: $input) { session { accessToken } userErrors { code } } }";
        let answer = self.ask(document, json!({ "input": { "login": login, "password": PASSWORD } })).await;
        let token = answer.body["data"]["sessionCreate"]["session"]["accessToken"].as_str();
        self.token = Some(token.unwrap_or_else(|| panic!("{login} is refused: {}", answer.body)).to_owned());
        self
    }

    /// Sends any token, valid or not.
    pub(super) fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub(super) async fn ask(&self, document: &str, variables: Value) -> Answer {
        self.send(json!({ "query": document, "variables": variables }).to_string()).await
    }

    /// Sends any body.
    pub(super) async fn send(&self, body: String) -> Answer {
        let url = format!("http://{}/graphql", self.server.address);
        let request = self.client.post(url).header("content-type", "application/json").header("x-handover-cost", "1");
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.body(body).send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a whole body");
        Answer { status, bytes: text.len(), body: serde_json::from_str(&text).unwrap_or_default() }
    }
}
