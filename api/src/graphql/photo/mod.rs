//! Photos in the schema.

pub mod loaders;
pub mod mutations;
mod needs;
pub mod queries;
pub mod types;

pub use mutations::PhotoMutation;
pub use needs::needs;
pub use queries::PhotoQuery;
