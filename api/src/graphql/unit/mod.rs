//! Units as their owners have them: readiness, opening, reviews.

pub mod content;
pub mod fields;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::UnitMutation;
pub use queries::UnitQuery;
