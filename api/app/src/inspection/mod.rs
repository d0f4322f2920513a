//! Unit inspections: beginning, recording, submitting, signing, and reading them.

mod command_context;
pub mod content;
mod inaccessible;
pub mod lineage;
pub mod missing;
pub mod read;
mod reopen;
pub mod results;
pub mod sign;
mod start;
pub mod submit;

pub use inaccessible::mark_inaccessible;
pub use reopen::reopen;
pub use start::start;

/// A unit inspection as it is stored; as a caller may see it, it is a [`Redacted`](crate::redacted::Redacted) one.
pub type InspectionRow = store::entity::unit_inspections::Model;
