//! How people get and change their passwords: invitations, one-time links, resets, and the command line.

pub mod accept;
pub mod change;
mod end;
pub mod invitation;
pub mod invitations;
pub mod invite;
pub mod link;
pub mod operator;
pub mod read;
pub mod reset;

pub use link::{LinkKind, NewLink};
