//! The settings of the transport.

use std::time::Duration;

use async_graphql::SchemaBuilder;
use http::HeaderValue;
use ipnet::IpNet;

use super::limits::Limits;
use super::rate::Rate;

/// The transport's settings; the defaults are those of production.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What a document may ask for.
    pub limits: Limits,
    /// What a person, and an address, may spend; `None` = as much as they like.
    pub rate: Option<Rate>,
    /// Introspection answers: for development only.
    pub introspection: bool,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a request's body without an access token.
    pub anonymous_body_bytes: usize,
    /// Bytes of all bodies that are being received.
    pub bodies_bytes: usize,
    /// The same from one address: a site behind one router is one.
    pub bodies_bytes_per_address: usize,
    /// What clients may do with connections.
    pub connections: listener::Limits,
    /// For a query to be answered; it is dropped then.
    pub query_timeout: Duration,
    /// For a mutation to be answered; it runs to its end all the same.
    pub mutation_timeout: Duration,
    /// For each part that `/readyz` asks.
    pub ready_timeout: Duration,
    /// The oldest result that `/readyz` answers with; the parts are asked again when it is older.
    pub ready_age: Duration,
    /// For accepted requests to end after the server was ordered to stop.
    pub shutdown_timeout: Duration,
    /// Web pages of these origins may call the API, beside those of the server's own host; none by default.
    pub cors_origins: Vec<HeaderValue>,
    /// Browsers are instructed to use https only (HSTS).
    pub hsts: bool,
    /// The networks of the proxies before the server. Each proxy appends to `X-Forwarded-For` the address that called
    /// it; of other peers the header is not believed, and the connection's own address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// What connections that stay may do.
    pub live: LiveLimits,
}

/// The limits of connections that stay: WebSockets and streams of events.
#[derive(Clone, Copy, Debug)]
pub struct LiveLimits {
    /// For `connection_init` to arrive.
    pub init_timeout: Duration,
    /// Between two signs of life of ours. A peer that gave none of its own for two of them is gone.
    pub keep_alive: Duration,
    /// For a message to be taken by the peer; a slower one is dropped.
    pub send_timeout: Duration,
    /// Bytes of one message from the client.
    pub message_bytes: usize,
    /// Messages of one client in ten seconds.
    pub messages: u32,
    /// Operations at a time on one WebSocket.
    pub operations: usize,
    /// Connections of one person.
    pub per_person: usize,
    /// Connections from one address: a site behind one router is one.
    pub per_address: usize,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(5),
            keep_alive: Duration::from_secs(15),
            send_timeout: Duration::from_secs(10),
            message_bytes: 64 * 1024,
            messages: 300,
            operations: 20,
            per_person: 20,
            per_address: 1_000,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            rate: Some(Rate::default()),
            introspection: false,
            body_bytes: 1024 * 1024,
            anonymous_body_bytes: 64 * 1024,
            bodies_bytes: 256 * 1024 * 1024,
            bodies_bytes_per_address: 64 * 1024 * 1024,
            connections: listener::Limits::default(),
            query_timeout: Duration::from_secs(15),
            mutation_timeout: Duration::from_secs(60),
            ready_timeout: Duration::from_secs(2),
            ready_age: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(70),
            cors_origins: Vec::new(),
            hsts: false,
            trusted_proxies: Vec::new(),
            live: LiveLimits::default(),
        }
    }
}

impl Settings {
    /// Fits a schema under construction to these settings. The limits are checked before the schema is asked, so its
    /// own are left alone.
    pub fn schema<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
        if self.introspection { builder } else { builder.disable_introspection().disable_suggestions() }
    }
}
