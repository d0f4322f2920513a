//! Photos in the schema.

pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::PhotoMutation;
pub use queries::PhotoQuery;
