//! Rounds: planning, changing, opening, closing, reopening, and reading them with their unit inspections.

pub mod changes;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod types;

pub use changes::RoundChangeMutation;
pub use mutations::RoundMutation;
pub use queries::{RoundQuery, rounds};
