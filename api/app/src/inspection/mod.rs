//! Unit inspections: beginning, recording, submitting, signing, and what is read of them.

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
pub use read::redact_for;
pub use reopen::reopen;
pub use start::start;

/// A unit inspection as it is stored, or as an owner may see it after [`redact_for`].
pub type InspectionRow = store::entity::unit_inspections::Model;
