//! The integration tests, one binary.

mod database;
mod schema_matches;
