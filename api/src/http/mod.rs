//! The HTTP transport: GraphQL over HTTP on axum, its limits, and the server's health.
