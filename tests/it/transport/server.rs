//! Starts the small schema behind the transport, and an HTTP client for it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, Request};
use axum::Router;
use futures::FutureExt;
use schema::error::ApiError;
use schema::profile::PROFILE;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::Fault;
use transport::batch::BatchQueue;
use transport::{AccessToken, Application, Check, Settings, router, serve};
use uuid::Uuid;

use super::schema::{Mutation, Probe, Query, Schema, fall};

/// The signed-in person.
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
}

/// The behaviour of the parts of `/readyz`.
#[derive(Clone, Copy, Default)]
pub(super) enum Store {
    #[default]
    Works,
    Fails,
    Hangs,
}

#[derive(Default)]
struct App {
    probe: Arc<Probe>,
    store: Store,
}

impl Application for App {
    type Caller = Person;

    async fn authenticate(&self, token: &AccessToken, _: IpAddr) -> Result<Option<Arc<Person>>, Fault> {
        let person = |number, name| Arc::new(Person { id: Uuid::from_u128(number), name });
        match token.secret() {
            "of-ana" => Ok(Some(person(1, "ana"))),
            "of-bo" => Ok(Some(person(2, "bo"))),
            "of-a-broken-database" => Err(ApiError::internal("no connection to 10.1.2.3").into()),
            "of-a-slow-database" => Err(ApiError::TooSlow.into()),
            _ => Ok(None),
        }
    }

    fn person(&self, caller: &Person) -> Uuid {
        caller.id
    }

    fn language(&self, caller: &Person) -> domain::Language {
        if caller.name == "bo" { domain::Language::Zh } else { domain::Language::En }
    }

    fn add_request_data(&self, request: Request, caller: Option<Arc<Person>>, _: &BatchQueue) -> Request {
        let request = request.data(Arc::clone(&self.probe));
        match caller {
            Some(caller) => request.data(caller),
            None => request,
        }
    }

    fn checks(&self) -> Vec<Check<'_>> {
        let store = self.store;
        let probe = async move {
            match store {
                Store::Works => Ok(()),
                Store::Fails => Err("no connection to 10.1.2.3".into()),
                Store::Hangs => std::future::pending().await,
            }
        };
        vec![Check { part: "database", probe: async { Ok(()) }.boxed() }, Check { part: "store", probe: probe.boxed() }]
    }
}

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) probe: Arc<Probe>,
    pub(super) tasks: TaskTracker,
    pub(super) shutdown: CancellationToken,
    pub(super) ended: JoinHandle<std::io::Result<()>>,
    client: reqwest::Client,
}

/// One complete answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The code of the first error.
    pub(super) fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }
}

/// Introspection is on, because the audits use it.
pub(super) fn settings() -> Settings {
    Settings { introspection: true, ..Settings::default() }
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::with(settings()).await
    }

    pub(super) async fn with(settings: Settings) -> Self {
        Self::with_store(settings, Store::Works).await
    }

    pub(super) async fn with_store(settings: Settings, store: Store) -> Self {
        let probe = Arc::new(Probe::default());
        let app = App { probe: Arc::clone(&probe), store };
        let schema: Schema = settings.schema(Schema::build(Query, Mutation, EmptySubscription)).finish();
        let page = axum::routing::get(|| async { fall::<String>() });
        let pages = Router::new().route("/panics", page);
        let sdl = schema.sdl();
        let transport = router(schema, &sdl, &PROFILE, Arc::new(app), settings, pages).expect("the schema can be read");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tasks, shutdown) = (transport.tasks.clone(), CancellationToken::new());
        let ended = tokio::spawn(serve(listener, transport, shutdown.clone()));
        // A test that hangs must fail.
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        Self { address, probe, tasks, shutdown, ended, client }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(self.url(path))
    }

    /// A GET of `/graphql` with these parameters.
    pub(super) fn get_graphql(&self, params: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let params: Vec<_> = params.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.get(&format!("/graphql?{}", params.join("&")))
    }

    pub(super) fn post(&self) -> reqwest::RequestBuilder {
        self.client.post(self.url("/graphql"))
    }

    /// Sends a document as newer clients do.
    pub(super) async fn ask(&self, document: &str) -> Answer {
        self.ask_with(document, json!({})).await
    }

    pub(super) async fn ask_with(&self, document: &str, variables: Value) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        send(self.post().header("accept", "application/graphql-response+json").json(&body)).await
    }

    pub(super) async fn ask_as(&self, token: &str, document: &str) -> Answer {
        send(self.post().bearer_auth(token).json(&json!({ "query": document }))).await
    }
}

pub(super) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a whole body");
    let body = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, body }
}
