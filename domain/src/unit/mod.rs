//! A unit 户: who may do what with it, and what exactly an owner reviews.

pub mod content;
pub mod permit;

pub use content::{ReviewContent, ReviewedBlocker, ReviewedDefect};
pub use permit::{Allowed, UnitCommand, UnitFacts, allowed_commands, permit};
