//! Commands on people: their roles, their ownerships, and what they say of themselves.

pub mod inputs;
pub mod mutations;

pub use mutations::PeopleMutation;
