//! Owners' links: made for one owner or for a building, and withdrawn.

pub mod inputs;
pub mod mutations;
pub mod types;

pub use mutations::UnitLinkMutation;
pub use types::UnitInvite;
