//! The integration tests, one binary.

mod database;
mod objects;
mod photos;
mod places;
mod project_import;
mod schema;
mod transport;
