//! The defect 缺陷: its states, its commands, who may do what when, its due time, and what an owner sees of it.

pub mod calendar;
pub mod codes;
pub mod commands;
pub mod due;
pub mod duplicate;
pub mod duty;
pub mod facts;
pub mod permit;
pub mod routing;
pub mod terms;
pub mod transition;
pub mod view;

pub use codes::{
    AttemptStatus, Category, CommentVisibility, DefectStatus, DisputeGround, DisputeOutcome, Severity, VoidReason,
};
pub use commands::DefectCommand;
pub use facts::DefectFacts;
pub use permit::{Allowed, allowed_commands, permit};
pub use terms::{Terms, permit_terms};
pub use transition::{ClockMove, Effect, effect_of};

#[cfg(test)]
mod life_tests;
#[cfg(test)]
mod matrix_tests;

/// The defect's number for people: `D-000123`.
#[must_use]
pub fn number_text(number: i64) -> String {
    format!("D-{number:06}")
}
