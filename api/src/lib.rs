//! The server's border: the GraphQL schema and the HTTP transport that serves it.

pub mod backend;
pub mod database;
pub mod graphql;
pub mod http;
pub mod program;
pub mod runtime;
mod words;
