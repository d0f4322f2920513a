//! Defects: logging, every command on them, and what is read of them.

pub mod assign;
mod case;
pub mod comment;
pub mod dispute;
pub mod duplicates;
pub mod escalate;
mod family;
mod fields;
pub mod hold;
pub mod log;
pub mod merge;
mod place;
pub mod read;
pub(crate) mod rejudge;
mod relocate;
pub mod reopen;
pub mod report_fixed;
pub mod start;
pub mod update;
pub mod verify;
pub mod void;

pub(crate) use fields::{newest_shown, note_hidden};
pub use place::PinInput;
pub(crate) use read::note_update;
pub use read::seen_by;

/// A defect as it is stored, or as an owner may see it after [`seen_by`].
pub type DefectRow = store::entity::defects::Model;
