//! The HTTP transport, with a small schema behind it, on a real listener.

mod compression;
mod documents;
mod envelope;
mod languages;
mod limits;
pub(crate) mod logging;
mod mutations;
mod protocol;
mod schema;
mod server;
