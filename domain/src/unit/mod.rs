//! A unit 户: who may do what with it, and what exactly an owner reviews.

pub mod commands;
pub mod content;
pub mod permit;

pub use commands::UnitCommand;
pub use content::{ReviewContent, ReviewedBlocker, ReviewedDefect};
pub use permit::{Allowed, UnitFacts, allowed_commands, permit};
