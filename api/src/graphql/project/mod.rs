//! Projects, companies, people and places.

pub mod loaders;
pub mod queries;
pub mod types;

pub use queries::ProjectQuery;
