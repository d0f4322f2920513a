//! Photos in the schema.

pub mod loaders;
pub mod missing;
pub mod mutations;
mod needs;
pub mod queries;
pub mod types;

pub use missing::MissingPhotoMutation;
pub use mutations::PhotoMutation;
pub use needs::needs;
pub use queries::PhotoQuery;
