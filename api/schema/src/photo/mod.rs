//! Photos in the schema.

pub mod corrections;
pub mod loaders;
pub mod markup;
pub mod missing;
pub mod mutations;
pub mod pairs;
pub mod queries;
pub mod types;

pub use corrections::PhotoCorrectionMutation;
pub use markup::PhotoMarkupMutation;
pub use missing::MissingPhotoMutation;
pub use mutations::PhotoMutation;
pub use queries::PhotoQuery;
