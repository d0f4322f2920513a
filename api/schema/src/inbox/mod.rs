//! The inbox of the person who asks, and how that person wants messages.

pub mod loaders;
pub mod mutations;
pub mod preferences;
pub mod types;

pub use mutations::InboxMutation;
