//! The server's border: the GraphQL schema and the HTTP transport that serves it.

pub mod backend;
pub mod database;
pub mod page;
pub mod program;
pub mod runtime;
