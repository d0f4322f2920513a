//! The integration tests, one binary.

mod database;
mod objects;
mod schema;
mod transport;
