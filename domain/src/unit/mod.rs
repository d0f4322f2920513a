//! A unit 户: who may do what with it, whether it is ready for its owner, and what exactly an owner reviews.

mod codes;
pub mod content;
pub mod permit;
pub mod readiness;

pub use codes::{OwnerKind, UnitKind};
pub use content::{ReviewContent, ReviewedBlocker, ReviewedDefect};
pub use permit::{Allowed, UnitCommand, UnitFacts, allowed_commands, permit};
