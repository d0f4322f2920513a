//! Messages to people, for those who look after them.

pub mod mutations;
mod queries;
mod types;

pub use mutations::MessageMutation;
pub use queries::MessageQuery;
pub use types::MessageAttempt;
