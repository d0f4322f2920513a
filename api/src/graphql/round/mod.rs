//! Rounds: planning, opening, closing, and reading them with their unit inspections.

pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::RoundMutation;
pub use queries::{RoundQuery, rounds};
