//! Commands on people: their roles, their ownerships, and what they say of themselves.

mod inputs;
mod mutations;

pub use mutations::PeopleMutation;
