//! Rounds: planning one, opening and closing it, and what is read of them.

mod close;
mod command;
pub mod create;
mod open;
pub mod read;

pub use close::close;
pub use command::Head;
pub use open::open;

/// A round as it is stored.
pub type RoundRow = store::entity::rounds::Model;
