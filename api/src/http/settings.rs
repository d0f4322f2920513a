//! What can be set about the transport.

use std::time::Duration;

use async_graphql::SchemaBuilder;
use http::HeaderValue;

use super::limits::Limits;
use super::rate::Rate;

/// The transport's settings; the defaults are those of production.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What a document may ask for.
    pub limits: Limits,
    /// What a person, and an address, may spend; `None` = as much as they like.
    pub rate: Option<Rate>,
    /// Introspection answers, and errors suggest the names of fields: for development only.
    pub introspection: bool,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// For a request's body to arrive.
    pub body_timeout: Duration,
    /// For a query to be answered; it is dropped then.
    pub query_timeout: Duration,
    /// For a mutation to be answered; it runs to its end all the same.
    pub mutation_timeout: Duration,
    /// For each part that `/readyz` asks.
    pub ready_timeout: Duration,
    /// For what was accepted to end after the server was told to stop.
    pub shutdown_timeout: Duration,
    /// Web pages of these origins may call the API; none by default.
    pub cors_origins: Vec<HeaderValue>,
    /// How many proxies stand before the server. Each appends to `X-Forwarded-For` the address that called it; with 0
    /// the header is not believed and the connection's own address counts.
    pub trusted_proxies: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            rate: Some(Rate::default()),
            introspection: false,
            body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            query_timeout: Duration::from_secs(15),
            mutation_timeout: Duration::from_secs(60),
            ready_timeout: Duration::from_secs(2),
            shutdown_timeout: Duration::from_secs(70),
            cors_origins: Vec::new(),
            trusted_proxies: 0,
        }
    }
}

impl Settings {
    /// Fits a schema under construction to these settings. The limits are checked before the schema is asked, so its
    /// own are left alone.
    pub fn schema<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
        let builder = builder.data(self.clone());
        if self.introspection { builder } else { builder.disable_introspection().disable_suggestions() }
    }
}
