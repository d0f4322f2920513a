//! Defects: logging, all commands on them, and reading them.

pub mod assign;
mod command_context;
pub mod comment;
pub mod dispute;
mod duplicate_group;
pub mod duplicates;
pub mod escalate;
mod field_merge;
pub mod hold;
pub mod log;
pub mod merge;
mod place;
pub mod read;
pub(crate) mod reapply_policy;
mod relocate;
pub mod reopen;
pub mod report_fixed;
pub mod start;
pub mod update;
pub mod verify;
pub mod void;

pub use place::PinInput;
pub(crate) use read::note_update;

/// A defect as it is stored; as a caller may see it, it is a [`Redacted`](crate::redacted::Redacted) one.
pub type DefectRow = store::entity::defects::Model;
