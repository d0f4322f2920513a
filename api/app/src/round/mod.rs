//! Rounds: planning one, changing the plan, opening, closing and reopening it, and reading them.

mod close;
mod command_context;
pub mod create;
mod discard;
mod open;
pub mod read;
mod reopen;
pub mod update;

pub use close::close;
pub use discard::discard;
pub use open::open;
pub use reopen::reopen;

/// A round as it is stored.
pub type RoundRow = store::entity::rounds::Model;
