//! Checklists with their versions and items.

pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::ChecklistMutation;
pub use queries::ChecklistQuery;
