//! The HTTP transport: GraphQL over HTTP on axum, its limits, and the server's health. It knows no schema: a
//! [`SchemaProfile`] describes the schema that it serves, and an [`Application`] is the application behind it.
//!
//! async-graphql's own axum integration always answers 200, runs mutations over GET, and has no limits that a small
//! document cannot get around; this one is judged by the public GraphQL-over-HTTP audits (`.ci/audit`).

mod application;
pub mod batch;
pub mod budget;
mod client_ip;
mod connection_limiter;
mod content_negotiation;
mod documents;
mod endpoint;
mod events;
mod execute;
mod fault;
mod health;
pub mod json;
mod json_repair;
mod kind;
mod language;
pub mod limits;
mod masking;
mod middleware;
mod params;
mod parse_pool;
mod problem;
mod profile;
mod rate;
mod request_origin;
mod routes;
mod serve;
mod settings;
mod strict;
mod web_host;
mod web_origin;
mod websocket;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use http::{HeaderValue, Method, header};
use listener::Bodies;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;

use connection_limiter::ConnectionLimiter;
use documents::Rules;
use endpoint::Endpoint;
use health::Readiness;
use middleware::RequestMiddleware;
use parse_pool::ParsePool;
use rate::Limiter;

pub use application::{AccessToken, Application, Check, Client, RequestId};
pub use endpoint::Validated;
pub use fault::{BoxError, Fault};
pub use limits::{Limits, Shapes};
pub use masking::mask;
pub use profile::{ScalarForm, SchemaProfile};
pub use rate::Rate;
pub use serve::serve;
pub use settings::{LiveLimits, Settings};

/// A packet holds that many bytes anyway.
const COMPRESSED_ABOVE: u64 = 1_400;

/// The routes of the server, and its running work.
#[derive(Debug)]
pub struct Transport {
    /// `/graphql`, `/healthz`, `/readyz` and the pages.
    pub router: Router,
    /// Requests being answered, mutations that go on without their client, and live connections.
    pub tasks: TaskTracker,
    /// The bodies of signed-in people's requests that are being received.
    pub bodies: Bodies,
    /// Those of all other requests, which take none of the room of people.
    pub anonymous_bodies: Bodies,
    stopping: CancellationToken,
    shutdown_timeout: Duration,
    connections: listener::Limits,
}

/// Why no transport can be made of a schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Its text is not that of a schema.
    #[error("the schema cannot be read")]
    Unreadable(#[from] async_graphql::parser::Error),
    /// It breaks rules of the specification.
    #[error("the schema is invalid: {0}")]
    Invalid(String),
}

/// Puts the transport together. `schema` runs operations, `sdl` is its text, and `profile` holds the facts that the
/// text does not. `pages` are other routes to serve beside it, under the same security headers, ids and log.
///
/// # Errors
/// When the schema's own text cannot be read, or breaks a rule of the specification.
pub fn router<E: Executor, H: Application>(
    schema: E,
    sdl: &str,
    profile: &'static SchemaProfile,
    application: Arc<H>,
    settings: Settings,
    pages: Router,
) -> Result<Transport, SchemaError> {
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    let shutdown_timeout = settings.shutdown_timeout;
    let connections = settings.connections.clone();
    let hosts = connections.hosts.clone();
    let cors = cors(&settings.cors_origins);
    let proxies = settings.trusted_proxies.as_slice().into();
    let state = RequestMiddleware { tasks: tasks.clone(), hsts: settings.hsts, proxies };
    let readiness = Readiness::new(Arc::clone(&application), &settings);
    let bodies = Bodies::new(settings.bodies_bytes, settings.bodies_bytes_per_address);
    let anonymous_bodies = anonymous_bodies(&settings);
    let endpoint = Endpoint {
        shapes: Shapes::from_sdl(sdl, &profile.prices)?,
        rules: Rules::new(sdl).map_err(SchemaError::Invalid)?,
        limiter: Limiter::new(settings.rate),
        pool: Arc::new(ParsePool::new()),
        connection_limiter: ConnectionLimiter::default(),
        bodies: bodies.clone(),
        anonymous_bodies: anonymous_bodies.clone(),
        stopping: stopping.clone(),
        tasks: tasks.clone(),
        schema,
        profile,
        application,
        settings,
    };
    let graphql = get(routes::get::<E, H>).post(routes::post::<E, H>);
    let router = Router::new()
        .route("/graphql", graphql.with_state(Arc::new(endpoint)))
        .route("/readyz", get(health::ready::<H>).with_state(Arc::new(readiness)))
        .route("/healthz", get(health::alive))
        .merge(pages)
        .layer(compression())
        .layer(cors)
        .layer(from_fn_with_state(hosts, web_host::wrap))
        .layer(from_fn(strict::wrap))
        .layer(from_fn_with_state(state, middleware::wrap));
    Ok(Transport { router, tasks, bodies, anonymous_bodies, stopping, shutdown_timeout, connections })
}

/// The bodies of requests without an access token: an eighth of the room of all bodies, of which one address has a
/// sixteenth. At least one whole body of an address has room.
fn anonymous_bodies(settings: &Settings) -> Bodies {
    let room = settings.bodies_bytes / 8;
    Bodies::new(room, (room / 16).max(settings.anonymous_body_bytes))
}

/// Answers as the client accepts them, gzip before zstd at equal weight (`strict`). Short answers are not compressed,
/// and neither are streams of events, because each event has to arrive at once. Lengths reveal no secret, because no
/// answer depends on a cookie.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(SizeAbove::new(COMPRESSED_ABOVE).and(NotForContentType::SSE))
}

/// Which web pages of other origins may call: none, unless set.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    if origins.is_empty() {
        return CorsLayer::new();
    }
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            middleware::REQUEST_ID,
            request_origin::COST,
        ])
        .expose_headers([header::RETRY_AFTER, middleware::REQUEST_ID])
        .max_age(Duration::from_secs(3_600))
}
