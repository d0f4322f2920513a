//! A unit 户: the rights to its commands, its readiness for its owner, and the content that an owner reviews.

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
