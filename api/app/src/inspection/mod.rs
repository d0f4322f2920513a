//! Unit inspections: beginning, recording, submitting, signing, and what is read of them.

mod case;
pub mod content;
mod inaccessible;
pub mod lineage;
pub mod missing;
pub mod read;
pub mod record;
mod reopen;
pub mod sign;
mod start;
pub mod submit;

pub use inaccessible::mark_inaccessible;
pub use read::seen_by;
pub use reopen::reopen;
pub use start::start;

/// A unit inspection as it is stored, or as an owner may see it after [`seen_by`].
pub type InspectionRow = store::entity::unit_inspections::Model;
