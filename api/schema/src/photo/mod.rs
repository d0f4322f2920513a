//! Photos in the schema.

pub mod loaders;
pub mod markup;
pub mod missing;
pub mod mutations;
mod needs;
pub mod pairs;
pub mod queries;
pub mod slips;
pub mod types;

pub use markup::PhotoMarkupMutation;
pub use missing::MissingPhotoMutation;
pub use mutations::PhotoMutation;
pub use needs::needs;
pub use queries::PhotoQuery;
pub use slips::PhotoSlipMutation;
