//! People in a project: their roles and ownerships begin, change and end, each with an event that holds the acting
//! person, the values before and after, and the reason. [`domain::membership`] holds the rule of who may do it.

pub(crate) mod add;
pub mod addresses;
mod assignments;
pub(crate) mod audit;
mod days;
pub mod end;
pub(crate) mod names;
pub mod ownership;
mod placeholder;
pub mod position;
pub mod read;
pub mod set;
pub mod update;

pub use add::{NewMembership, NewOwnership, add_membership, add_ownership};
pub use placeholder::person_of_login;
