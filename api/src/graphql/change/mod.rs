//! What looks different in a project, for whoever keeps a copy.

pub mod loaders;
pub mod queries;

pub use queries::ChangeQuery;
