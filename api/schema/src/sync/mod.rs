//! Sync: pushing operations, edits that wait, devices.

pub mod command;
pub mod device;
pub mod inputs;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod readable;
mod times;
pub mod types;

pub use mutations::SyncMutation;
pub use queries::SyncQuery;
