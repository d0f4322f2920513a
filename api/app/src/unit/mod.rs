//! Units: whether they are ready, opened to their owners, reviewed by them.

pub mod content;
pub mod open;
pub mod read;
pub mod readiness;
pub mod review;
pub mod waive;

/// A unit as it is stored.
pub type UnitRow = store::entity::units::Model;
