//! The integration tests, one binary.

mod database;
mod objects;
mod schema_matches;
mod transport;
