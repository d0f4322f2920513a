//! The changes of a project, for clients with a local copy.

pub mod loaders;
pub mod queries;
pub mod subscription;
pub mod types;

pub use queries::ChangeQuery;
pub use subscription::ChangeSubscription;
