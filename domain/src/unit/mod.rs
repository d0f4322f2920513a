//! A unit 户: who may do what with it, whether it is ready for its owner, and what exactly an owner reviews.

mod codes;
pub mod commands;
pub mod content;
pub mod link;
pub mod permit;
pub mod power;
pub mod readiness;

pub use codes::{OwnerKind, UnitKind};
pub use commands::UnitCommand;
pub use content::{ReviewContent, ReviewedBlocker, ReviewedDefect};
pub use permit::{Allowed, UnitFacts, allowed_commands, permit};
