//! What looks different in a project, for whoever keeps a copy.

pub mod loaders;
pub mod queries;
pub mod subscription;
pub mod types;

pub use queries::ChangeQuery;
pub use subscription::ChangeSubscription;
